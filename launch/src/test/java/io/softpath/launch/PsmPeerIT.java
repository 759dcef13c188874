package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.PsmVariable;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Our matched queues and those of the real library, at the two ends of one connection. */
@ExtendWith(ChildOutput.class)
class PsmPeerIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Whose memory our messages lie in. */
    private enum Memory {
        HEAP,
        PINNED
    }

    /** Tiny, short, eager in two and in many, rendezvous of one window and more; around each. */
    private static final int[] SIZES = {
        0, 1, 7, 8, 9, 63, 64, 65, 2047, 2048, 2049, 4095, 4096, 4097, 30_001, 63_999, 64_000,
        64_001, 65_536, 131_071, 131_072, 131_073, 196_609, 262_147, 1_000_003
    };

    @TempDir static Path temp;

    private static Path peerProgram;

    @BeforeAll
    static void compile() throws Exception {
        RealLibrary.assumeInstalled(temp);
        peerProgram = RealLibrary.compile("psm_peer.c", temp);
    }

    private static byte content(int bytes, int i, int seed) {
        return (byte) (bytes + i * 7 + (i >> 8) * 31 + seed);
    }

    /** In eager packets: our side of it and the other one are asked for nothing else. */
    @ParameterizedTest
    @CsvSource({"IBA6120, 0", "IBA7220, 0", "IBA7322, 0", "IBA6120, 1", "IBA7220, 1"})
    void shouldExchangeMessagesOfEveryClassWithTheRealLibrary(String model, int checksum)
            throws Exception {
        assertEquals(0, exchangeAll(model, "0", Memory.HEAP, 0, checksum));
    }

    /** By TID, which is the default: as odd as memory and lengths can be. */
    @ParameterizedTest
    @CsvSource({
        "IBA6120,0",
        "IBA6120,1",
        "IBA7220,0",
        "IBA7220,2",
        "IBA7322,0",
        "IBA7322,3",
        "IBA7322,4"
    })
    void shouldExchangeMessagesByTidWithTheRealLibrary(String model, int shift) throws Exception {
        assertTrue(exchangeAll(model, "9", Memory.PINNED, shift, 0) > 10, "windows by TID");
    }

    /** The real library then sends by TID all the same, and what it sends is copied. */
    @ParameterizedTest
    @ValueSource(strings = {"IBA6120", "IBA7322"})
    void shouldTakeWhatTheRealLibrarySendsByTidIntoAnyMemory(String model) throws Exception {
        assertTrue(exchangeAll(model, "9", Memory.HEAP, 1, 0) > 10, "windows by TID");
    }

    /** Each goes back where the other says, in a new generation, and asks when nothing comes. */
    @ParameterizedTest
    @CsvSource({
        "IBA6120, drop=2%;corrupt=1%;seed=11",
        "IBA7220, drop=2%;seed=12",
        "IBA7322, drop=1%;corrupt=0.5%;seed=13"
    })
    void shouldLoseNothingByTidOverALinkThatDoes(String model, String trouble) throws Exception {
        String link = trouble.replace(';', ',');
        assertTrue(exchangeAll(model, "9", Memory.PINNED, 3, 0, link) > 10, "windows by TID");
    }

    private static long exchangeAll(
            String model, String tid, Memory memory, int shift, int checksum) throws Exception {
        return exchangeAll(model, tid, memory, shift, checksum, "");
    }

    /**
     * How many windows came to us by TID.
     *
     * @param link its troubles; none if empty
     */
    private static long exchangeAll(
            String model, String tid, Memory memory, int shift, int checksum, String link)
            throws Exception {
        UUID job = UUID.randomUUID();
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(shift)));
        for (int bytes : SIZES) {
            arguments.add(Integer.toString(bytes));
        }
        List<String> options = new ArrayList<>(List.of("--units", "2", "--model", model));
        if (!link.isEmpty()) {
            options.addAll(List.of("--link", link));
        }
        try (ChildDaemon daemon = ChildDaemon.start(options.toArray(String[]::new));
                Endpoint endpoint =
                        Endpoint.open(
                                EndpointOptions.ofJob(job)
                                        .with(PsmVariable.CHECKSUM, checksum)
                                        .withDevice(daemon.device().withUnit(0)));
                RealPeer real =
                        RealPeer.start(
                                daemon,
                                job,
                                peerProgram,
                                arguments,
                                "PSM_TID",
                                tid,
                                "PSM_CHECKSUM",
                                Integer.toString(checksum))) {
            real.tell(endpoint.id());
            Peer peer = endpoint.connect(real.id(), PATIENCE);
            int room = SIZES[SIZES.length - 1] + 1 + shift;
            MemorySegment in = memory(endpoint, memory, room).asSlice(shift);
            MemorySegment out = memory(endpoint, memory, room).asSlice(shift);
            for (int bytes : SIZES) {
                exchange(endpoint.queue(), peer, bytes, in, out);
            }
            assertEquals(PsmError.OK, endpoint.close(PATIENCE));
            List<String> rest = real.end();
            assertEquals("exchanged=" + SIZES.length, rest.getLast());
            assertTrue(rest.size() == 1 || !link.isEmpty(), rest::toString);
            assertEquals(0, endpoint.counters().malformed(), "malformed packets");
            assertEquals(0, endpoint.counters().badChecksum(), "wrong checksums");
            if (link.isEmpty()) {
                assertEquals(List.of(), daemon.complaints());
            }
            return endpoint.counters().windows();
        }
    }

    private static MemorySegment memory(Endpoint endpoint, Memory memory, int bytes) {
        return switch (memory) {
            case HEAP -> MemorySegment.ofArray(new byte[bytes]);
            case PINNED -> endpoint.pin(bytes).segment();
        };
    }

    private static void exchange(
            MatchedQueue queue, Peer peer, int bytes, MemorySegment in, MemorySegment out) {
        in.fill((byte) 0);
        for (int i = 0; i < bytes; i++) {
            out.set(ValueLayout.JAVA_BYTE, i, content(bytes, i, 2));
        }
        Request receive = queue.irecv(bytes, -1, in, 0, bytes, null, null);
        Request send = queue.isend(peer, bytes, out, 0, bytes, (bytes & 3) <= 1, null, null);
        Status status = new Status();
        assertTrue(queue.await(receive, PATIENCE, status), "receive of bytes=" + bytes);
        assertEquals(PsmError.OK, status.error());
        assertEquals(bytes, status.messageLength());
        assertEquals(bytes, status.tag());
        for (int i = 0; i < bytes; i++) {
            if (in.get(ValueLayout.JAVA_BYTE, i) != content(bytes, i, 1)) {
                throw new AssertionError("bytes=" + bytes + " differ at " + i);
            }
        }
        assertEquals(0, in.get(ValueLayout.JAVA_BYTE, bytes), "behind the end");
        assertTrue(queue.await(send, PATIENCE, status), "send of bytes=" + bytes);
        assertEquals(PsmError.OK, status.error());
    }
}
