package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.driver.Device;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chip under software that none of us wrote: the library of the real one, as Debian ships it.
 */
@ExtendWith(ChildOutput.class)
class PsmIT {
    /** The library spins, and so do its peer and the chip. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final String MESSAGES =
            "messages=50 bytes=45694602 eager=28 rendezvous=22 shm=0 lids=1,2";

    /** Thirty-two windows of the rendezvous, twice what the library has TIDs for at a time. */
    private static final int LARGEST_UNDER_FAULTS = 4 << 20;

    /** The same without the largest message. */
    private static final String MESSAGES_UNDER_FAULTS =
            "messages=48 bytes=12140176 eager=28 rendezvous=20 shm=0 lids=1,2";

    @TempDir static Path temp;

    private static Path psm;
    private static Path activeMessages;

    @BeforeAll
    static void compile() throws Exception {
        RealLibrary.assumeInstalled(temp);
        psm = RealLibrary.compile("psm.c", temp);
        activeMessages = RealLibrary.compile("psm_am.c", temp);
    }

    /** Everything through the chip, and no files in /dev/shm for contexts to be shared. */
    private static Map<String, String> environment(ChildDaemon daemon, String... more) {
        Map<String, String> environment = Preload.environment(daemon, more);
        environment.put("PSM_DEVICES", "self,ipath");
        environment.put("PSM_SHAREDCONTEXTS", "0");
        return environment;
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA6120", "IBA7220", "IBA7322"})
    void shouldOpenAndCloseAnEndpoint(String model) throws Exception {
        open(model, 1);
    }

    @Test
    void shouldOpenAndCloseAnEndpointAThousandTimes() throws Exception {
        open("IBA7220", 1_000);
    }

    private static void open(String model, int times) throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--model", model)) {
            String last =
                    CCompiler.run(
                            temp,
                            environment(daemon),
                            PATIENCE,
                            psm.toString(),
                            "open",
                            Integer.toString(times));
            assertEquals("opened=" + times + " lid=1", last);
            assertEquals(List.of(), daemon.complaints());
        }
    }

    /**
     * The self test of libpsm 3.3 cannot be passed anywhere: its second part begins with a copy of
     * no bytes, which it then forbids. It gets as far here as it can.
     */
    @Test
    void shouldRunTheLibrarysOwnTestAsFarAsItGoes() throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start()) {
            CCompiler.Ended ended =
                    CCompiler.toEnd(
                            temp,
                            environment(daemon, "PSM_DIAGS", "1"),
                            PATIENCE,
                            psm.toString(),
                            "open",
                            "1");
            String output = String.join("\n", ended.lines());
            assertTrue(output.contains("psmi_test_epid_table: PASSED"), output);
            assertTrue(output.contains("Assertion failure at psm_diags.c:247: n > 0"), output);
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA6120", "IBA7220", "IBA7322"})
    void shouldPassMessagesOfEveryClassBetweenTwoUnits(String model) throws Exception {
        String last = between(model, psm, "mq", "1", "0", "1").getLast();
        assertEquals(MESSAGES, last);
    }

    /**
     * One per cent lost on arrival, a quarter of a per cent of the tries to send, and one try in
     * ten finds no buffer.
     *
     * <p>A try that would have found no buffer anyway counts too: while the chip waits for a core
     * the library tries, and loses, on. The run takes as long as its packets times those that want
     * a core, and has to end on a crowded machine.
     */
    @ParameterizedTest
    @CsvSource({"IBA6120, 1", "IBA7220, 2", "IBA7220, 3"})
    void shouldPassAllMessagesWhileTheLibraryLosesPackets(String model, int seed) throws Exception {
        Map<String, String> faults =
                Map.of(
                        "PSM_FI", "1",
                        "PSM_FI_TRACEFILE", "stdout",
                        "PSM_FI_piosend", "1:800:" + seed,
                        "PSM_FI_piobusy", "1:20:" + seed,
                        "PSM_FI_recvlost", "1:200:" + seed);
        String largest = Integer.toString(LARGEST_UNDER_FAULTS);
        List<String> said = between(model, faults, psm, "mq", "1", "0", "1", largest);
        assertEquals(MESSAGES_UNDER_FAULTS, said.getLast());
        for (String kind : List.of("piosend", "piobusy", "recvlost")) {
            List<Long> hit =
                    said.stream()
                            .map(Pattern.compile("PSM_FI_" + kind + " .* (\\d+) faults/")::matcher)
                            .filter(Matcher::find)
                            .map(m -> Long.valueOf(m.group(1)))
                            .toList();
            assertEquals(2, hit.size(), () -> kind + " of both processes: " + said);
            assertTrue(hit.stream().allMatch(n -> n > 0), () -> kind + ": " + hit);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA6120", "IBA7220", "IBA7322"})
    void shouldRunTheHandlersOfActiveMessages(String model) throws Exception {
        String last = between(model, activeMessages, "3000", "0", "1").getLast();
        assertEquals("requests=3000 answers=2000 notes=1000 completions=750 said=2112,8", last);
    }

    /** Runs a program whose two processes open a unit each; what it printed. */
    private static List<String> between(String model, Path program, String... arguments)
            throws Exception {
        return between(model, Map.of(), program, arguments);
    }

    private static List<String> between(
            String model, Map<String, String> more, Path program, String... arguments)
            throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2", "--model", model)) {
            Map<String, String> environment = environment(daemon);
            environment.putAll(more);
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(List.of(arguments));
            CCompiler.Ended ended =
                    CCompiler.toEnd(temp, environment, PATIENCE, command.toArray(String[]::new));
            assertEquals(0, ended.code(), () -> command + ": " + ended.lines());
            assertEquals(List.of(), daemon.complaints());
            return ended.lines();
        }
    }

    /** Killed, so that nobody can write to the status page any more; nor does anybody ask it. */
    @Test
    void shouldTellTheLibraryThatTheDaemonIsGone() throws Exception {
        Path output = Files.createTempFile(temp, "wait", ".txt");
        try (ChildDaemon daemon = ChildDaemon.start()) {
            ProcessBuilder builder =
                    new ProcessBuilder(psm.toString(), "wait")
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment(daemon));
            Process user = builder.start();
            try {
                Await.until(
                        "the endpoint is open",
                        () -> user.isAlive() && lines(output).contains("open"));
                daemon.kill();
                assertTrue(
                        user.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS),
                        () -> "it goes on: " + lines(output));
                assertNotEquals(0, user.exitValue());
                String said = String.join("\n", lines(output));
                assertTrue(said.contains("Hardware problem: the softpath daemon is gone"), said);
            } finally {
                user.destroyForcibly();
            }
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The library has no word for it: what was under way stays so, and the close gives up. */
    @Test
    void shouldLetTheSurvivorEndCleanlyWhenItsPeerIsKilledInMidTransfer() throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2")) {
            CCompiler.Ended ended =
                    CCompiler.toEnd(
                            temp, environment(daemon), PATIENCE, psm.toString(), "kill", "0", "1");
            List<String> said =
                    ended.lines().stream()
                            .filter(line -> line.matches("(receive|send|close): .*|survived"))
                            .toList();
            assertEquals(
                    List.of(
                            "receive: incomplete",
                            "send: incomplete",
                            "close: Success",
                            "survived"),
                    said);
            assertEquals(0, ended.code());
            try (Device device = daemon.open()) {
                Await.until(
                        "both units given back",
                        () ->
                                device.inspect().units().stream()
                                        .allMatch(u -> u.freeContexts() == u.userContexts()));
            }
            assertEquals(List.of(), daemon.complaints());
        }
    }
}
