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
import io.softpath.driver.control.Inspector;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The page ledger of a real daemon under real users: it tells what a kernel of 2006 would do, and
 * whatever it tells, the real memory works.
 */
@ExtendWith(ChildOutput.class)
class PagesIT {
    private static final int WIDTH = 120;

    @TempDir private Path temporary;

    private static CommandLineRun pages(ChildDaemon daemon, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("pages", "--dir", daemon.directory().toString()));
        arguments.addAll(List.of(more));
        CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run::toString);
        for (String line : run.out().lines().toList()) {
            assertTrue(line.length() <= WIDTH || more.length > 0, line);
        }
        return run;
    }

    private static JsonNode unit(ChildDaemon daemon) {
        return Json.tree(pages(daemon, "--json").out()).get(0);
    }

    private static JsonNode find(JsonNode list, String name, String value) {
        for (JsonNode each : list) {
            if (each.get(name).asText().equals(value)) {
                return each;
            }
        }
        throw new AssertionError("no " + name + "=" + value + " in " + list.toPrettyString());
    }

    private static void talkToOneself(Context context) {
        Destination self = context.destination(context.address());
        PacketHandler handler = packet -> {};
        for (int i = 0; i < 20; i++) {
            Await.until("a free PIO buffer", () -> context.send(self, 0, 1, 2) == SendResult.SENT);
            Await.until("the message", () -> context.receive(handler, 1) == 1);
        }
    }

    @Test
    @Fidelity(63)
    void shouldTellTheMailsStoryOfALiveUserWhileTheMemoryIsSafe() {
        try (ChildDaemon daemon =
                ChildDaemon.start("--quirks", "mmap-era-mail", "--kernel-era", "2.6.15")) {
            try (Device device = daemon.open();
                    Context context = device.openContext()) {
                talkToOneself(context);
                JsonNode unit = unit(daemon);
                assertEquals("2.6.15", unit.get("kernel").asText());
                assertEquals("posted", unit.get("driver").asText());
                assertEquals(0, unit.get("wrong").size(), "not yet: " + unit.get("events"));
                String words = pages(daemon).out().replaceAll("\\s+", " ");
                assertTrue(words.contains("but when users go it comes to early+bad+oops"), words);
                Await.until(
                        "a look at the page table",
                        () ->
                                find(unit(daemon).get("areas"), "kind", "RCVHDRQ")
                                        .get("known")
                                        .asText()
                                        .equals("seen"));
                unit = unit(daemon);
                JsonNode queue = find(unit.get("areas"), "kind", "RCVHDRQ");
                assertEquals("nopage", queue.get("method").asText());
                assertFalse(queue.get("getsPages").asBoolean());
                assertTrue(queue.get("touched").asInt() > 0, queue::toString);
                assertEquals(
                        ProcessHandle.current().pid(), queue.get("pid").asLong(), queue::toString);
                JsonNode eager = find(unit.get("blocks"), "use", "eager chunk");
                assertEquals(3, eager.get("order").asInt());
                assertTrue(eager.get("reserved").asBoolean());
                assertFalse(eager.get("compound").asBoolean());
                assertEquals(
                        2, find(unit.get("blocks"), "use", "avail registers").get("count").asInt());
            }
            Await.until("the end of the user", () -> unit(daemon).get("wrong").size() == 3);
            String text = pages(daemon).out();
            String words = text.replaceAll("\\s+", " ");
            assertTrue(words.contains("!! freed early: the driver has it still"), text);
            assertTrue(words.contains("bad page state: PG_reserved is set"), text);
            assertTrue(words.contains("refcount underflow"), text);
            assertTrue(words.contains("A machine with a kernel 2.6.15 would be in trouble"), text);
            try (Device device = daemon.open();
                    Context context = device.openContext()) {
                talkToOneself(context);
            }
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @Test
    @Fidelity(63)
    void shouldHaveEveryPageBackAfterUsersThatCloseOrAreKilled() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Device observer = daemon.open()) {
            Inspector inspector = observer.inspect();
            assertEquals(1, inspector.ledger(0).pages(), "the page of the unit");
            try (Device device = daemon.open();
                    Context context = device.openContext();
                    PinnedRegion region = context.pin(64 << 10)) {
                assertTrue(region.bytes() >= 64 << 10);
                talkToOneself(context);
                try (Ledger shared = Ledger.open(temporary.resolve("ledger"));
                        Jvm victim =
                                Victim.start(
                                        daemon,
                                        Victim.Phase.INITIALISED,
                                        temporary.resolve("ledger"),
                                        context.address())) {
                    assertEquals(0, shared.get(Ledger.SENT));
                    victim.awaitLine("^ready context=");
                    JsonNode unit = unit(daemon);
                    assertEquals("remap_pfn_range", method(unit, victim.pid(), "RCVEGRBUFS"));
                    assertEquals("fault", method(unit, victim.pid(), "send-buffer status"));
                    assertEquals("io_remap_pfn_range", method(unit, victim.pid(), "PIO buffers"));
                    victim.kill();
                }
                Await.until("the end of the victim", () -> inspector.contexts(0).size() == 1);
            }
            Await.until("the end of the user", () -> inspector.contexts(0).isEmpty());
            assertEquals(1, inspector.ledger(0).pages());
            assertEquals(0, inspector.ledger(0).lostPages());
            assertEquals(0, inspector.ledger(0).wrongs());
            assertEquals(1, inspector.pageBlocks(0).getFirst().count());
            assertTrue(inspector.pageAreas(0).isEmpty());
            String text = pages(daemon).out();
            assertTrue(text.contains("Nothing has gone wrong on a kernel 2.6.16"), text);
        }
    }

    private static String method(JsonNode unit, long pid, String kind) {
        for (JsonNode area : unit.get("areas")) {
            if (area.get("pid").asLong() == pid && area.get("kind").asText().equals(kind)) {
                return area.get("method").asText();
            }
        }
        throw new AssertionError("pid " + pid + " has no " + kind + ": " + unit.get("areas"));
    }

    @Test
    void shouldRefuseAKernelThatIsNot() {
        Path directory = temporary.resolve("run");
        try (Jvm daemon = ChildDaemon.jvm(directory, "--kernel-era", "2.4").start()) {
            daemon.awaitLine("kernel era: name=2.4 is unknown, choose from 2.6.14");
            assertEquals(ExitCode.USAGE, daemon.exitCode());
        }
    }
}
