package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@Fidelity(54)
class PollTest extends DaemonTestBase {
    private static final int LID = 1;

    private FakeClient client;
    private BaseInfo info;
    private FakeSender sender;

    private void startClient() {
        client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER);
        info = client.start();
        sender = new FakeSender(client, daemon().config().model(), info);
    }

    @AfterEach
    void unmap() {
        if (sender != null) {
            sender.close();
        }
    }

    private void consumeAll() {
        UserRegisters.RCVHDRHEAD.put(
                sender.registers(), UserRegisters.RCVHDRTAIL.get(sender.registers()));
    }

    private void assertInterrupt(int revents) {
        FakeClient.Reply record = client.receive();
        assertNotNull(record, "interrupt");
        assertEquals(ControlRecord.INTERRUPT, record.kind());
        assertEquals(0, record.tag());
        assertEquals(revents, record.result());
        assertNull(client.receive(), "only one");
    }

    @Test
    void shouldAnswerAnErrorWithoutAContext() {
        start();
        client = client();
        assertEquals(ControlRecord.POLL_ERROR, client.poll().result());
        client.assign();
        assertEquals(ControlRecord.POLL_ERROR, client.poll().result());
    }

    @Test
    void shouldInterruptOnceWhenAPacketArrives() {
        start();
        startClient();
        assertEquals(0, client.poll().result());
        sender.send(LID, info.context());
        assertInterrupt(ControlRecord.POLL_READY);
        sender.send(LID, info.context());
        assertNull(client.receive(), "one-shot");
    }

    @Test
    void shouldBeReadyWhileEntriesAreUnread() {
        start();
        startClient();
        sender.send(LID, info.context());
        assertNull(client.receive());
        assertEquals(ControlRecord.POLL_READY, client.poll().result());
        assertEquals(ControlRecord.POLL_READY, client.poll().result());
        consumeAll();
        assertEquals(0, client.poll().result());
    }

    @Test
    void shouldWakeAnUrgentPollOnlyForUrgentPackets() {
        start();
        startClient();
        assertEquals(6, client.command(Command.POLL_TYPE, 1).result());
        assertEquals(0, client.poll().result());
        sender.send(LID, info.context());
        assertNull(client.receive());
        sender.sendUrgent(LID, info.context());
        assertInterrupt(ControlRecord.POLL_READY);
        assertEquals(0, client.poll().result());
        sender.sendUrgent(LID, info.context());
        assertInterrupt(ControlRecord.POLL_READY);
        sender.sendUrgent(LID, info.context());
        assertNull(client.receive());
        assertEquals(ControlRecord.POLL_READY, client.poll().result());
        assertEquals(0, client.poll().result());
    }

    @Test
    void shouldAnswerAnErrorForOtherPollTypes() {
        start();
        startClient();
        client.command(Command.POLL_TYPE, 2);
        assertEquals(ControlRecord.POLL_ERROR, client.poll().result());
    }

    @Test
    void shouldWakeEveryWaiterWhenAQueueOverflows() {
        start(config().withModel(model().toBuilder().rcvHdrCount(8).build()));
        startClient();
        FakeClient other = client();
        other.start();
        assertEquals(0, other.poll().result());
        for (int i = 0; i < 8; i++) {
            sender.send(LID, info.context());
            daemon().doWork();
        }
        FakeClient.Reply record = other.receive();
        assertNotNull(record, "interrupt");
        assertEquals(ControlRecord.INTERRUPT, record.kind());
    }

    @Test
    void shouldWakeWithAnErrorWhenTheUnitFreezes() {
        start();
        startClient();
        client.poll();
        client().admin(ControlRecord.ADMIN_FREEZE, 0, 0);
        assertInterrupt(ControlRecord.POLL_ERROR);
        assertEquals(ControlRecord.POLL_ERROR, client.poll().result());
    }

    @Test
    void shouldRewindTheHeadOnlyAsAQuirk() {
        startWith(Quirk.POLL_REWINDS_HEAD);
        startClient();
        sender.send(LID, info.context());
        daemon().doWork();
        consumeAll();
        assertEquals(0, client.poll().result());
        assertEquals(0, UserRegisters.RCVHDRHEAD.get(sender.registers()));
    }

    @Test
    @Fidelity(55)
    void shouldDropPacketsWhileStoppedAndStartAgainAtZero() {
        start();
        startClient();
        sender.send(LID, info.context());
        daemon().doWork();
        assertEquals(8, client.command(Command.RECV_CTRL, 0).result());
        sender.send(LID, info.context());
        daemon().doWork();
        assertEquals(8, client.command(Command.RECV_CTRL, 1).result());
        assertEquals(0, UserRegisters.RCVHDRTAIL.get(sender.registers()));
        assertEquals(0, UserRegisters.RCVHDRHEAD.get(sender.registers()));
        sender.send(LID, info.context());
        daemon().doWork();
        assertEquals(32, UserRegisters.RCVHDRTAIL.get(sender.registers()));
    }
}
