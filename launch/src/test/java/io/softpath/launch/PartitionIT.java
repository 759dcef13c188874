package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.PsmError;
import io.softpath.abi.register.ChipCounter;
import io.softpath.driver.Device;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.PsmVariable;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Endpoints with a partition key of their own, through the chips of two units. */
@ExtendWith(ChildOutput.class)
class PartitionIT {
    private static final UUID JOB = UUID.randomUUID();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int KEY = 0x1234;
    private static final int OTHER_KEY = 0x4321;
    private static final byte[] SENT = {1, 2, 3, 4, 5, 6, 7, 8, 9};

    private static Endpoint open(ChildDaemon daemon, int unit, int pkey) {
        return Endpoint.open(
                EndpointOptions.ofJob(JOB)
                        .withDevice(daemon.device().withUnit(unit))
                        .with(PsmVariable.PKEY, pkey)
                        .withProgressThread());
    }

    private static PsmError outcome(Endpoint from, Endpoint to, Duration patience) {
        return from.connect(List.of(to.id()), patience).getFirst().outcome();
    }

    @Test
    void shouldTalkToItsPartitionAlone() {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "3");
                Device observer = daemon.open();
                Endpoint member = open(daemon, 0, KEY);
                Endpoint fellow = open(daemon, 1, KEY);
                Endpoint guest = open(daemon, 1, EngineSettings.PKEY.otherwise());
                Endpoint stranger = open(daemon, 2, OTHER_KEY)) {
            Peer peer = fellow.connect(member.id(), PATIENCE);
            byte[] received = new byte[SENT.length];
            Request receive = member.queue().irecv(1, MemorySegment.ofArray(received));
            fellow.queue().send(peer, 1, MemorySegment.ofArray(SENT), PATIENCE);
            assertTrue(member.queue().await(receive, PATIENCE, null));
            assertArrayEquals(SENT, received);

            assertEquals(PsmError.EPID_INVALID_PKEY, outcome(guest, member, PATIENCE));
            assertEquals(0, Counted.by(observer, ChipCounter.RX_INVAL_PKEY));
            assertEquals(PsmError.TIMEOUT, outcome(stranger, member, Duration.ofMillis(300)));
            assertTrue(
                    Counted.by(observer, ChipCounter.RX_INVAL_PKEY) > 0,
                    "dropped by a chip of which nobody is in that partition");
        }
    }
}
