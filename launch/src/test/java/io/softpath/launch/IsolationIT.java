package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.SendResult;
import io.softpath.linux.Fd;
import io.softpath.memory.Vma;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a process may do with the memory of a context, and what it may not: asked of the daemon, and
 * of the kernel with the descriptors that the daemon handed out.
 */
@ExtendWith(ChildOutput.class)
class IsolationIT {
    /**
     * What {@link GreedyUser} must print. Left of the bar the daemon's answers to mmap, right of it
     * the kernel's to system calls on the descriptor. A user may do what it likes to the content of
     * what it may write, and nothing to its size.
     */
    private static final String TABLE =
            """
            kind          map      write    longer   private  exec     +4096    other's  |        map      write    mprotect reopen   pwrite   shorten  lengthen punch    seal
            uregs         ok       ok       EFAULT   EINVAL   EPERM    EINVAL   EINVAL   |        ok       ok       ok       -        ok       EPERM    EPERM    ok       EPERM
            piobufs       ok       ok       EINVAL   EINVAL   EPERM    EINVAL   EINVAL   |        ok       ok       ok       -        ok       EPERM    EPERM    ok       EPERM
            rcvegrbufs    ok       EPERM    EINVAL   EINVAL   EPERM    EINVAL   EINVAL   |        ok       EPERM    EACCES   refused  EPERM    EPERM    EPERM    EPERM    EPERM
            rcvhdrq       ok       ok       EFAULT   EINVAL   EPERM    EINVAL   EINVAL   |        ok       ok       ok       -        ok       EPERM    EPERM    ok       EPERM
            rcvhdrtail    ok       EPERM    EFAULT   EINVAL   EPERM    EINVAL   EINVAL   |        ok       EPERM    EACCES   refused  EPERM    EPERM    EPERM    EPERM    EPERM
            pioavail      ok       EPERM    EFAULT   EINVAL   EPERM    EINVAL   -        |        ok       EPERM    EACCES   refused  EPERM    EPERM    EPERM    EPERM    EPERM
            sendbufstatus ok       EPERM    EINVAL   EINVAL   EPERM    EINVAL   EINVAL   |        ok       EPERM    EACCES   refused  EPERM    EPERM    EPERM    EPERM    EPERM
            token 0: EINVAL
            token unknown: EINVAL
            length 0: EINVAL
            length -1: EFAULT
            """;

    /** As the kernel shows them: write-only is what the page tables would say if they could. */
    private static final Map<RegionKind, String> PERMISSIONS =
            Map.of(
                    RegionKind.UREGS, "rw-s",
                    RegionKind.PIOBUFS, "-w-s",
                    RegionKind.RCVEGRBUFS, "r--s",
                    RegionKind.RCVHDRQ, "rw-s",
                    RegionKind.RCVHDRTAIL, "r--s",
                    RegionKind.PIOAVAIL, "r--s",
                    RegionKind.SENDBUFSTATUS, "r--s");

    private static final String[] USER_CODE = {GreedyUser.class.getName(), "io.softpath.linux.Fd"};

    /** What a daemon of another user runs. */
    static final String[] DAEMON_CODE = {
        ChildDaemon.MAIN_CLASS,
        "io.softpath.linux.Fd",
        "org.agrona.DirectBuffer",
        "picocli.CommandLine",
        "org.slf4j.Logger",
        "org.slf4j.simple.SimpleLogger"
    };

    private static final String MESSAGE = "from another process" + GreedyUser.FULL_STOP;

    @Fidelity({2, 3, 4, 5, 6})
    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA6120"})
    void shouldRefuseWhatAKindForbidsToAUserOfTheSameUid(String model) {
        try (ChildDaemon daemon = ChildDaemon.start("--model", model)) {
            List<String> printed = letGreedyUserTry(daemon, Jvm.of(GreedyUser.class));

            assertEquals(tableOf(model), tableIn(printed));
        }
    }

    @Fidelity({2, 3, 4, 5, 6})
    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA6120"})
    void shouldRefuseWhatAKindForbidsToAUserOfAnotherUid(String model) {
        OtherUser.assumeAvailable();
        try (OtherUser other = OtherUser.withCodeOf(USER_CODE);
                ChildDaemon daemon = ChildDaemon.startForEverybody("--model", model)) {
            List<String> printed = letGreedyUserTry(daemon, other.jvm(GreedyUser.class.getName()));

            assertEquals(tableOf(model), tableIn(printed));
            assertEquals(4, closedFilesOfTheDaemonIn(printed), "/proc files refused");
        }
    }

    @Test
    void shouldKeepUsersOfTheDaemonsOwnUidOutOfTheDaemon() {
        OtherUser.assumeAvailable(); // as root this shows nothing: root may look into everything
        try (OtherUser user = OtherUser.withCodeOf(USER_CODE);
                OtherUser owner = OtherUser.withCodeOf(DAEMON_CODE)) {
            var directory = owner.newDirectory();
            try (ChildDaemon daemon =
                    ChildDaemon.start(owner.run(ChildDaemon.jvm(directory)), directory)) {
                List<String> printed =
                        letGreedyUserTry(daemon, user.jvm(GreedyUser.class.getName()));

                assertEquals(tableOf("IBA7220"), tableIn(printed));
                assertEquals(4, closedFilesOfTheDaemonIn(printed), "/proc files refused");
            }
        }
    }

    @Fidelity({1, 64})
    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA6120"})
    void shouldShowTheKernelsFlagsOfEachKindAsTheLibraryMapsIt(String model) {
        try (ChildDaemon daemon = ChildDaemon.start("--model", model);
                Device device = daemon.open();
                Context context = device.openContext()) {
            Map<RegionKind, Long> bytes = new EnumMap<>(RegionKind.class);
            for (Vma vma : context.mappings()) {
                bytes.put(vma.kind(), vma.bytes());
                assertEquals(List.of(), vma.violations(), vma::toString);
                assertEquals(PERMISSIONS.get(vma.kind()), vma.permissions(), vma::toString);
                assertEquals(vma.lock().locked(), vma.vmFlags().contains("lo"), vma::toString);
            }

            assertEquals(expectedBytes(context.baseInfo()), bytes);
        }
    }

    private static Map<RegionKind, Long> expectedBytes(BaseInfo info) {
        long page = RegionKind.PAGE_BYTES;
        Map<RegionKind, Long> bytes = new EnumMap<>(RegionKind.class);
        bytes.put(RegionKind.UREGS, page);
        bytes.put(RegionKind.PIOBUFS, (long) info.piocnt() * info.pioalign());
        bytes.put(RegionKind.RCVEGRBUFS, (long) info.rcvEgrbuftotlen());
        bytes.put(
                RegionKind.RCVHDRQ, (long) info.rcvhdrCnt() * info.rcvhdrentSize() * Integer.BYTES);
        if (info.rcvhdrTailaddr() != 0) {
            bytes.put(RegionKind.RCVHDRTAIL, page);
        }
        bytes.put(RegionKind.PIOAVAIL, page);
        bytes.put(RegionKind.SENDBUFSTATUS, page);
        return bytes;
    }

    @Fidelity({3, 5})
    @ParameterizedTest
    @CsvSource({"mmap-era-mail, EPERM", "mmap-era-remap, ok"})
    void shouldAnswerAsTheEarlyDriversDid(String era, String readOfPioBuffers) {
        try (ChildDaemon daemon = ChildDaemon.start("--model", "IBA6120", "--quirks", era);
                RawFile file = RawFile.open(daemon.directory(), 0)) {
            file.assign().orFail();
            BaseInfo info = file.userInit().baseInfo();
            long page = RegionKind.PAGE_BYTES;
            long pioBytes = (long) info.piocnt() * info.pioalign();
            long queueBytes = (long) info.rcvhdrCnt() * info.rcvhdrentSize() * Integer.BYTES;

            assertEquals("EFAULT", ask(file, info.uregbase(), 2 * page));
            assertEquals("EFAULT", ask(file, info.piobufbase(), pioBytes + page));
            assertEquals("EFAULT", ask(file, info.rcvEgrbufs(), info.rcvEgrbuftotlen() + page));
            assertEquals("EFAULT", ask(file, info.rcvhdrBase(), queueBytes + page));
            assertEquals("EFAULT", ask(file, info.rcvhdrTailaddr(), 2 * page));
            assertEquals("EFAULT", ask(file, info.pioavailaddr(), 2 * page));
            assertEquals(readOfPioBuffers, ask(file, info.piobufbase(), pioBytes));
            try (Fd copyOnWrite =
                    file.map(
                                    info.uregbase(),
                                    page,
                                    ControlRecord.PROT_READ,
                                    ControlRecord.MAP_PRIVATE)
                            .orFail()
                            .fd()) {
                assertTrue(copyOnWrite.isOpen());
            }
        }
    }

    private static String ask(RawFile file, long token, long bytes) {
        RawFile.Answer answer =
                file.map(token, bytes, ControlRecord.PROT_READ, ControlRecord.MAP_SHARED);
        if (answer.fd() != null) {
            answer.fd().close();
        }
        return answer.outcome();
    }

    /** Runs one beside a context of this process, which must not notice it. */
    private static List<String> letGreedyUserTry(ChildDaemon daemon, Jvm.Builder user) {
        try (Device device = daemon.open();
                Context victim = device.openContext()) {
            user.arguments(daemon.directory().toString(), Long.toString(daemon.pid()));
            victim.mappings().forEach(vma -> user.arguments(vma.kind() + "=" + vma.token()));
            try (Jvm greedy = user.start()) {
                int context =
                        Integer.parseInt(greedy.awaitLine(GreedyUser.READY + "(\\d+)").group(1));
                send(victim, new Address(victim.address().lid(), context));
                List<String> printed = greedy.awaitSuccess();

                assertEquals(
                        List.of(GreedyUser.RECEIVED + MESSAGE, GreedyUser.RECEIVED + MESSAGE),
                        printed.stream()
                                .filter(line -> line.startsWith(GreedyUser.RECEIVED))
                                .toList(),
                        "the eager buffers, read through the whole mapping and a short one");
                send(victim, victim.address());
                List<String> received = new ArrayList<>();
                Await.until(
                        "the victim hears itself",
                        () ->
                                victim.receive(
                                                packet ->
                                                        received.add(
                                                                new String(
                                                                        packet.payload(),
                                                                        US_ASCII)),
                                                10)
                                        > 0);
                assertEquals(List.of(MESSAGE), received);
                return printed;
            }
        }
    }

    private static void send(Context from, Address to) {
        assertEquals(SendResult.SENT, from.send(from.destination(to), MESSAGE.getBytes(US_ASCII)));
    }

    /** A chip that does not copy the tail to memory has no page for it. */
    private static String tableOf(String model) {
        return model.equals("IBA6120") ? TABLE : TABLE.replaceAll("(?m)^rcvhdrtail .*\n", "");
    }

    private static String tableIn(List<String> printed) {
        Stream<String> lines =
                printed.stream()
                        .dropWhile(line -> !line.startsWith("kind "))
                        .filter(line -> !line.equals(GreedyUser.TABLE_ENDS))
                        .takeWhile(line -> !line.startsWith("daemon's"));
        return String.join("\n", lines.toList()) + "\n";
    }

    private static long closedFilesOfTheDaemonIn(List<String> printed) {
        return printed.stream().filter(line -> line.matches("daemon's .*: EACCES")).count();
    }
}
