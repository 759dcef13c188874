package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.softpath.abi.Fidelity;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.SendResult;
import io.softpath.driver.expected.ExpectedWindow;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tools over a running daemon that a process has a context of: they look, and disturb nothing.
 */
@ExtendWith(ChildOutput.class)
class ToolsIT {
    private static final int MESSAGES = 40;

    private static ChildDaemon daemon;
    private static Device device;
    private static Context context;

    @BeforeAll
    static void startAndTalk() {
        daemon = ChildDaemon.start("--units", "2");
        device = daemon.open();
        context = device.openContext();
        Destination self = context.destination(context.address());
        int[] received = {0};
        PacketHandler handler = packet -> received[0]++;
        for (int i = 0; i < MESSAGES; i++) {
            Await.until("a free PIO buffer", () -> context.send(self, 0, 1, 2) == SendResult.SENT);
            Await.until("the message", () -> context.receive(handler, 1) == 1);
        }
        assertEquals(MESSAGES, received[0]);
    }

    @AfterAll
    static void stop() {
        context.close();
        device.close();
        daemon.close();
    }

    private static CommandLineRun tool(String... arguments) {
        return tool(daemon, arguments);
    }

    private static CommandLineRun tool(ChildDaemon of, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add("--dir");
        all.add(of.directory().toString());
        CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run::toString);
        assertEquals("", run.err());
        return run;
    }

    @ParameterizedTest
    @ValueSource(strings = {"maps", "pages", "pins", "regs", "stat", "errors", "doctor", "report"})
    @Fidelity(76)
    void shouldAnswerInWordsAndInValidJson(String name) {
        if (!name.equals("report")) {
            String text = tool(name).out();
            assertFalse(text.isBlank(), name);
            assertFalse(text.contains("\033["), "colour without a terminal");
        }
        String json = name.equals("report") ? tool(name).out() : tool(name, "--json").out();
        assertTrue(Json.tree(json).isContainerNode(), name);
    }

    @Test
    @Fidelity({64, 76})
    void shouldShowWhoMappedWhatAndWhatTheKernelSays() {
        JsonNode maps = Json.tree(tool("maps", "--json").out());
        List<String> kinds = new ArrayList<>();
        maps.forEach(map -> {
            kinds.add(map.findValue("kind").asText());
            assertEquals(ProcessHandle.current().pid(), map.findValue("pid").asLong());
        });
        assertTrue(
                kinds.containsAll(
                        List.of(
                                "user registers",
                                "PIO buffers",
                                "RCVEGRBUFS",
                                "RCVHDRQ",
                                "PIOAVAILREGS")),
                kinds::toString);
    }

    @Test
    @Fidelity({64, 76})
    void shouldShowBesideTheExplanationWhatTheKernelShowsOfLiveMappings() {
        JsonNode live = Json.tree(tool("maps", "--explain", "--json").out()).get("live");
        assertEquals(context.mappings().size(), live.size());
        for (JsonNode mapping : live) {
            assertTrue(mapping.get("violations").isEmpty(), mapping::toString);
            assertFalse(mapping.get("must").isEmpty(), mapping::toString);
            for (JsonNode letters : mapping.get("must")) {
                assertTrue(mapping.get("shows").toString().contains(letters.toString()));
            }
            for (JsonNode letters : mapping.get("mustNot")) {
                assertFalse(mapping.get("shows").toString().contains(letters.toString()));
            }
        }
        assertTrue(tool("maps", "--explain").out().contains("PIOAVAILREGS"));
    }

    @Test
    @Fidelity({1, 64, 76})
    void shouldShowAChipWithTidFlows() {
        try (ChildDaemon flows = ChildDaemon.start("--model", "IBA7322");
                Device unit = flows.open();
                Context user = unit.openContext()) {
            assertEquals(2, user.address().context(), "two contexts are the kernel's");
            JsonNode maps = Json.tree(tool(flows, "maps", "--json").out());
            for (JsonNode map : maps) {
                assertTrue(map.get("violations").isEmpty(), map::toString);
                if (map.get("kind").asText().equals("user registers")) {
                    assertEquals(8192, map.get("bytes").asLong());
                }
            }
            assertTrue(tool(flows, "regs").out().contains("RcvTIDValid"));
            assertTrue(tool(flows, "stat").out().contains("IBA7322"));
        }
    }

    @Test
    @Fidelity({46, 76})
    void shouldShowWhoPinnedWhatAndAtWhoseCharge() {
        assertTrue(tool("pins").out().contains("nothing is pinned"));
        try (PinnedRegion region = context.pin(64 * 1024);
                ExpectedWindow window = context.expected().open(region, 4096, 8192)) {
            JsonNode pins = Json.tree(tool("pins", "--tids", "--json").out());
            assertEquals(1, pins.size());
            JsonNode pin = pins.get(0);
            assertEquals(ProcessHandle.current().pid(), pin.get("pid").asLong());
            assertEquals(64 * 1024, pin.get("bytes").asLong());
            assertEquals(region.segment().address(), pin.get("address").asLong());
            assertEquals(window.tidCount(), pin.get("pinnedPages").asInt());
            assertEquals(8192, pin.get("processPinned").asLong());
            assertEquals(64 * 1024, pin.get("processRegistered").asLong());
            assertEquals("0-1", pin.get("tids").asText());
            assertEquals(1, pin.get("pages").get(0).get("page").asInt());
            assertEquals(
                    region.segment().address() + 8192,
                    pin.get("pages").get(1).get("address").asLong());
            String text = tool("pins", "--tids").out();
            assertTrue(text.contains("0-1") && text.contains("64 KiB"), text);
            assertEquals(1, Json.tree(tool("report").out()).get("daemon").get("pins").size());
        }
        context.expected().evict();
        assertEquals(0, Json.tree(tool("pins", "--json").out()).size());
    }

    @Test
    @Fidelity({61, 76})
    void shouldCountWhatWasSent() {
        JsonNode stat = Json.tree(tool("stat", "--json").out());
        assertEquals(2, stat.size(), "units");
        assertEquals(MESSAGES, counter(stat, "TxPkt"));
        assertEquals(MESSAGES, counter(stat, "RxPkt"));
        assertEquals(0, counter(stat, "RxPktDropped"));
    }

    private static long counter(JsonNode stat, String name) {
        for (JsonNode counter : stat.get(0).get("counters")) {
            if (counter.get("name").asText().equals(name)) {
                return counter.get("value").asLong();
            }
        }
        throw new AssertionError("no counter " + name + " in " + stat);
    }

    @Test
    @Fidelity(76)
    void shouldCollectABugReportInAFile(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("report.json");
        tool("report", "--out", file.toString());
        JsonNode report = Json.tree(Files.readString(file));
        assertEquals(2, report.get("daemon").get("units").size());
        assertFalse(report.get("daemon").get("registers").isEmpty());
        assertFalse(report.get("checks").isEmpty());
    }

    @Test
    void shouldReportWithoutADaemon(@TempDir Path dir) {
        CommandLineRun run = CommandLineRun.of("report", "--dir", dir.toString());
        assertEquals(0, run.exitCode(), run::toString);
        assertTrue(Json.tree(run.out()).get("daemon").isNull());
    }

    @Test
    void shouldSayHowToStartADaemonWhereNoneRuns(@TempDir Path dir) {
        CommandLineRun run = CommandLineRun.of("maps", "--dir", dir.toString());
        assertEquals(ExitCode.UNAVAILABLE, run.exitCode());
        assertTrue(run.err().contains("softpath daemon"), run.err());
    }

    @Test
    void shouldRefuseAJobThatTheDaemonHasNoContextsFor() {
        String directory = daemon.directory().toString();
        CommandLineRun run = CommandLineRun.of("run", "--dir", directory, "-n", "32", "hello");
        assertEquals(ExitCode.FAILED, run.exitCode(), run::toString);
        assertTrue(run.err().contains("has 31 of 32 free"), run.err());
    }

    @Test
    @Fidelity({59, 76})
    void shouldTakeALinkDownAndUpAgain() {
        tool("link", "down", "--unit", "1");
        assertTrue(tool("stat", "--unit", "1").out().contains("link down"));
        tool("link", "up", "--unit", "1");
        assertTrue(tool("stat", "--unit", "1").out().contains("link active"));
    }
}
