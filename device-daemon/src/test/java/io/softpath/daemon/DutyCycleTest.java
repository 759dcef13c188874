package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.register.DriverCounter;
import io.softpath.abi.register.UserRegisters;

import org.junit.jupiter.api.Test;

class DutyCycleTest extends DaemonTestBase {
    private static final int LID = 1;

    private FakeClient client(int features) {
        FakeClient client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER | features);
        return client;
    }

    @Test
    void shouldFindALaunchMadeBeforeItSleepsAndNotSleep() {
        start();
        FakeClient client = client(ControlRecord.FEATURE_DOORBELL);
        BaseInfo info = client.start();
        try (FakeSender memory = new FakeSender(client, ChipModel.IBA7220, info)) {
            memory.write(LID, info.context(), 0);
            memory.launch(
                    memory.write(LID, info.context(), 0)); // out of order: only a sweep sees it
            assertTrue(daemon().sleep() > 0);
            assertEquals(32, UserRegisters.RCVHDRTAIL.get(memory.registers()));
            assertFalse(AvailPage.chipAsleep(memory.avail()));
        }
    }

    @Test
    void shouldSleepUntilADoorbellRings() {
        start();
        FakeClient client = client(ControlRecord.FEATURE_DOORBELL);
        BaseInfo info = client.start();
        try (FakeSender memory = new FakeSender(client, ChipModel.IBA7220, info)) {
            client.send(ControlRecord.doorbell(client.request(), 1));
            assertTrue(daemon().sleep() > 0);
            assertFalse(AvailPage.chipAsleep(memory.avail()));
            assertEquals(
                    1, daemon().units().getFirst().counters()[DriverCounter.DOORBELLS.index()]);
        }
    }

    @Test
    void shouldOnlyNapWhileSomebodyWillNotRing() {
        start();
        client(0).start();
        assertEquals(0, daemon().sleep(), "returns although nobody rang");
        client(ControlRecord.FEATURE_DOORBELL).start();
        assertEquals(0, daemon().sleep(), "one is enough");
    }

    @Test
    void shouldYieldAndThenSleepWhenThereIsNothingToDo() {
        int[] sleeps = {0};
        DozeIdleStrategy idle = new DozeIdleStrategy(() -> ++sleeps[0] == 2 ? 1 : 0, 2, () -> 1);
        long cycles = 0;
        while (sleeps[0] == 0) {
            idle.idle(0);
            cycles++;
        }
        assertTrue(cycles > 200, "spins and yields first: " + cycles);
        idle.idle(0);
        assertEquals(2, sleeps[0], "goes on sleeping");
        idle.idle(0);
        assertEquals(2, sleeps[0], "is awake after work");
        idle.idle(1);
        idle.idle(0);
        assertEquals(2, sleeps[0]);
    }

    @Test
    void shouldLetOthersRunSoonerWhenClientsOutnumberTheCores() {
        int[] clients = {1};
        DozeIdleStrategy idle = new DozeIdleStrategy(() -> 0, 2, () -> clients[0]);
        int alone = spins(idle);
        clients[0] = 2;
        idle.idle(1);
        int crowded = spins(idle);

        assertTrue(crowded * 10 <= alone, "crowded=" + crowded + " alone=" + alone);
    }

    private static int spins(DozeIdleStrategy idle) {
        int spins = 0;
        do {
            idle.idle(0);
            spins++;
        } while (idle.isSpinning());
        return spins;
    }
}
