package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.register.DriverCounter;
import io.softpath.driver.Device;
import io.softpath.linux.CurrentProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/**
 * SIGKILL of the receiver, of the sender, and of both, in the middle of expected transfers: no byte
 * lands outside the window, pins and charges are gone, the contexts work for the next owners, and
 * nobody else notices. 75 rounds for each chip and each way to send, 300 in all, and some more
 * between users of different uids.
 *
 * <p>The memory of a receiver is looked at after its death: the test has it mapped too, from the
 * receiver's {@code /proc/<pid>/map_files}, which takes root; other users leave that out.
 */
@ExtendWith(ChildOutput.class)
class KilledTransferIT {
    private static final int ROUNDS = 75;

    /** Rounds after which the daemon has loaded what it needs. */
    private static final int WARM_UP = 9;

    /** Windows that are filled before a kill, at most. */
    private static final int MOST_WINDOWS = 20;

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    @TempDir private Path temporary;
    private Path ledgers;
    private OtherUser otherUser; // of the receivers; null: the test's own
    private ChildDaemon daemon;
    private Device observer;
    private SplittableRandom random;
    private boolean gather;
    private int started;
    private End sender;
    private End receiver;

    /** Numbers of those that have sent to the receiver that lives now. */
    private final Set<Long> senders = new LinkedHashSet<>();

    private int opened;
    private int midTransfer;

    /** Who is killed. */
    private enum Victim {
        RECEIVER,
        SENDER,
        BOTH
    }

    /** A process at one end of a transfer; the next one is loading its code already. */
    private final class End implements AutoCloseable {
        private final boolean sends;
        private Jvm spare;
        private Ledger spareLedger;
        private Jvm jvm;
        private Ledger ledger;
        private String address;
        private MemorySegment memory; // null: cannot be looked at, or a sender's

        End(boolean sends) {
            this.sends = sends;
            load();
        }

        private void load() {
            Path file = ledgers.resolve("ledger-" + started++);
            spareLedger = Ledger.open(file);
            Jvm.Builder rank =
                    TransferRank.jvm(daemon, sends, gather, file, random.nextLong())
                            .lifetime(LIFETIME);
            if (otherUser != null && !sends) {
                otherUser.give(file);
                otherUser.run(rank);
            }
            spare = rank.start();
        }

        void open() throws IOException {
            close();
            jvm = spare;
            ledger = spareLedger;
            jvm.println("open");
            Matcher line = jvm.awaitLine("^opened (\\S+) ([0-9a-f]+)$");
            address = line.group(1);
            memory = sends ? null : memoryAt(Long.parseLong(line.group(2), 16));
            jvm.awaitLine("^resting");
            load();
        }

        /** The file that is mapped there, mapped here too. */
        private MemorySegment memoryAt(long start) throws IOException {
            if (CurrentProcess.uid() != 0) {
                return null;
            }
            Path files = Path.of("/proc", Long.toString(jvm.pid()), "map_files");
            try (Stream<Path> all = Files.list(files)) {
                Path file =
                        all.filter(path ->
                                        path.getFileName()
                                                .toString()
                                                .startsWith(Long.toHexString(start) + "-"))
                                .findFirst()
                                .orElseThrow();
                try (FileChannel channel = FileChannel.open(file)) {
                    return channel.map(
                            FileChannel.MapMode.READ_ONLY, 0, Marked.BYTES, Arena.ofAuto());
                }
            }
        }

        void work(End peer, long number) {
            jvm.println("peer " + peer.address + " " + number);
            jvm.awaitLine("^working");
        }

        void rest() {
            jvm.println("rest");
            jvm.awaitLine("^resting");
        }

        void kill() {
            jvm.signal(Jvm.SIGKILL);
        }

        /** Its context is free, nothing of it is pinned or charged. */
        void awaitRelease() {
            int pid = (int) jvm.pid();
            Await.until(
                    "the daemon takes back all that the dead had",
                    () ->
                            observer.inspect().contexts(0).stream().noneMatch(c -> c.pid() == pid)
                                    && observer.inspect().pins(0).stream()
                                            .noneMatch(p -> p.pid() == pid));
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, jvm.exitCode());
        }

        long begun() {
            return ledger.get(Ledger.STEPS);
        }

        long filled() {
            return ledger.get(Ledger.GOOD);
        }

        @Override
        public void close() {
            if (jvm != null) {
                jvm.close();
                ledger.close();
            }
        }

        void closeSpare() {
            spare.close();
            spareLedger.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"IBA7220,false", "IBA7220,true", "IBA7322,false", "IBA7322,true"})
    @Fidelity({46, 49, 56, 57})
    void shouldWriteNowhereElseAndKeepNothingWhenAnEndIsKilled(String model, boolean gathers)
            throws IOException {
        ledgers = temporary;
        gather = gathers;
        killAgainAndAgain(ROUNDS, ChildDaemon.newDirectory("rwx------"), "--model", model);
    }

    @Test
    @Fidelity({46, 56})
    void shouldDoSoToReceiversOfAnotherUid() throws IOException {
        OtherUser.assumeAvailable();
        try (OtherUser user =
                OtherUser.withCodeOf(TransferRank.class.getName(), "io.softpath.linux.Fd")) {
            otherUser = user;
            ledgers = user.newDirectory();
            gather = true;
            killAgainAndAgain(
                    2 * WARM_UP, ChildDaemon.newDirectory("rwxr-xr-x"), "--socket-mode", "0666");
        } finally {
            ChildDaemon.delete(ledgers);
        }
    }

    private void killAgainAndAgain(int count, Path directory, String... options)
            throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        random = new SplittableRandom(seed);
        Jvm.Builder jvm = ChildDaemon.jvm(directory, options).lifetime(LIFETIME);
        daemon = ChildDaemon.start(jvm, directory);
        try (ChildDaemon running = daemon;
                Bystanders bystanders = new Bystanders(running)) {
            observer = running.open();
            sender = new End(true);
            receiver = new End(false);
            try {
                rounds(0, WARM_UP, bystanders);
                Object before = holdings();
                rounds(WARM_UP, count, bystanders);
                assertEquals(before, holdings(), "what the daemon holds");
            } finally {
                sender.close();
                receiver.close();
                sender.closeSpare();
                receiver.closeSpare();
                observer.close();
            }
            assertEquals(List.of(), running.complaints(), "complaints of the daemon");
        }
        System.out.printf("%d rounds, %d killed with a window under way%n", count, midTransfer);
        assertTrue(midTransfer >= count / 4, "killed with a window under way: " + midTransfer);
    }

    /** The last round kills both, so that afterwards nobody is left. */
    private void rounds(int from, int to, Bystanders bystanders) throws IOException {
        receiver.open();
        senders.clear();
        sender.open();
        for (int round = from; round < to; round++) {
            Victim victim =
                    round == to - 1 ? Victim.BOTH : Victim.values()[round % Victim.values().length];
            long number = ++opened;
            senders.add(number);
            sender.work(receiver, number);
            receiver.work(sender, number);
            assertCharged(sender, CurrentProcess.uid());
            assertCharged(receiver, otherUser == null ? CurrentProcess.uid() : OtherUser.UID);
            killInTheMiddle(victim);
            bystanders.assertUndisturbed();
            if (round < to - 1) {
                replace(victim);
            }
            Jvm.forgetEnded();
        }
        assertEquals(List.of(), observer.inspect().pins(0), "pins");
        assertEquals(
                Counted.by(observer, DriverCounter.PAGE_LOCKS),
                Counted.by(observer, DriverCounter.PAGE_UNLOCKS),
                "pages pinned in all, and released");
        assertEquals(0, Counted.by(observer, DriverCounter.MEM_REGIONS), "memory regions");
        assertEquals(0, Counted.by(observer, DriverCounter.MEM_BYTES), "bytes in them");
    }

    /** Its memory, and no other's, is charged to its process. */
    private void assertCharged(End end, int uid) {
        List<PinRecord> pins =
                observer.inspect().pins(0).stream()
                        .filter(pin -> pin.pid() == end.jvm.pid())
                        .toList();
        assertEquals(1, pins.size(), () -> "memory of " + end.jvm + ": " + pins);
        assertEquals(uid, pins.getFirst().uid());
        assertEquals(Marked.BYTES, pins.getFirst().processRegistered());
    }

    private void killInTheMiddle(Victim victim) {
        long enough = receiver.filled() + 1 + random.nextInt(MOST_WINDOWS);
        Await.until("windows to be filled", () -> receiver.filled() >= enough);
        for (int spins = random.nextInt(20_000); spins > 0; spins--) {
            Thread.onSpinWait();
        }
        if (victim != Victim.SENDER) {
            receiver.kill();
        }
        if (victim != Victim.RECEIVER) {
            sender.kill();
        }
        if (victim != Victim.SENDER) {
            receiver.awaitRelease();
        }
        if (victim != Victim.RECEIVER) {
            sender.awaitRelease();
        }
        if (victim == Victim.SENDER) {
            receiver.rest();
        }
        midTransfer += receiver.begun() > receiver.filled() ? 1 : 0;
        if (receiver.memory == null) {
            return;
        }
        byte[] then = receiver.memory.toArray(ValueLayout.JAVA_BYTE);
        Marked.check(receiver.memory, senders);
        if (victim == Victim.RECEIVER) {
            sender.rest(); // until now it sent to the dead
        }
        assertEquals(
                -1,
                receiver.memory.mismatch(MemorySegment.ofArray(then)),
                "first byte that changed when no window was open any more");
    }

    /** The contexts of the dead work for the next owners: who lives goes on with them. */
    private void replace(Victim victim) throws IOException {
        if (victim != Victim.RECEIVER) {
            String before = sender.address;
            sender.open();
            if (victim == Victim.SENDER) {
                assertEquals(before, sender.address, "the context of the next owner");
            }
        } else {
            sender.rest(); // a packet under way to the dead would reach the next owner
        }
        if (victim != Victim.SENDER) {
            receiver.open();
            senders.clear();
        }
    }

    /** Shared memory, descriptors and mappings of the daemon, if they can be looked at. */
    private Object holdings() {
        return daemon.canBeLookedInto() ? Holdings.of(daemon) : "unknown";
    }
}
