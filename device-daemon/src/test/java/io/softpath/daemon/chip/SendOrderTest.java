package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Pbc;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

class SendOrderTest {
    private static final int CONTEXT = 1;
    private static final int PACKETS = 3;

    @ParameterizedTest
    @EnumSource(TriggerMode.class)
    void shouldKeepTheOrderOfPacketsThatAreLaunchedWhileASweepPasses(TriggerMode trigger) {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, CONTEXT, trigger);
            // Found empty when the sweep looked at them, launched when it comes to the last.
            ContextSends sends =
                    new WatchedSends(
                            user,
                            PACKETS - 1,
                            () -> {
                                for (int i = 0; i < PACKETS; i++) {
                                    user.write(i, 1, CONTEXT, i, FakeUser.bytes(4, i + 1));
                                    user.launch(i, Pbc.ofPayload(4));
                                }
                            });
            List<Long> sent = new ArrayList<>();
            SendEngine engine =
                    new SendEngine(
                            rig.chips.get(0),
                            rig.model,
                            user.lid,
                            new PioAvailWriter(
                                    rig.model,
                                    rig.arena.allocate(4096, 4096),
                                    new Counters(rig.model.contexts())),
                            new Counters(rig.model.contexts()),
                            packet -> {
                                sent.add(
                                        (long)
                                                packet.payload()
                                                        .get(JAVA_BYTE, packet.payloadOffset()));
                                return Wire.Outcome.SENT;
                            });
            engine.sweep(sends);
            assertEquals(LongStream.rangeClosed(1, PACKETS).boxed().toList(), sent);
        }
    }

    /** Lets something happen just before the chip looks at one buffer for the first time. */
    private static final class WatchedSends extends ContextSends {
        private final int buffer;
        private Runnable before;

        WatchedSends(FakeUser user, int buffer, Runnable before) {
            super(
                    user.context,
                    user.pio(),
                    user.firstBuffer,
                    user.bufferCount,
                    user.model.pioAlign(),
                    user.model.pio2kBytes(),
                    user.trigger,
                    () -> 0x5EED,
                    null,
                    user.model.mtuBytes());
            this.buffer = buffer;
            this.before = before;
        }

        @Override
        long takeLaunch(int looked) {
            if (looked == buffer && before != null) {
                Runnable now = before;
                before = null;
                now.run();
            }
            return super.takeLaunch(looked);
        }
    }
}
