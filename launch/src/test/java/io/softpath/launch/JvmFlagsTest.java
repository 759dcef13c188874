package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.stream.Collectors.toCollection;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

class JvmFlagsTest {
    @Test
    void shouldStartUserProgramsWithTheOneListOfFlags() {
        List<String> command = JvmFlags.user(List.of("-Xmx64m"), "", "org.example.Main");
        assertTrue(command.contains("@" + JvmFlags.file()), command.toString());
        assertTrue(command.contains("-Xmx64m"), command.toString());
        assertEquals("org.example.Main", command.getLast());
    }

    @Test
    void shouldLeaveTheCollectorToTheUserWhoNamesOne() {
        List<String> command = JvmFlags.user(List.of("-XX:+UseZGC"), "", "Main");
        assertFalse(command.contains("-XX:+UseSerialGC"), command.toString());
    }

    @Test
    void shouldPutTheUsersClassesFirst() {
        List<String> command = JvmFlags.user(List.of(), "/mine", "Main");
        assertTrue(command.get(command.indexOf("-cp") + 1).startsWith("/mine:"));
    }

    @Test
    void shouldCloseTheDaemonToDebuggers() throws IOException {
        Path file = JvmFlags.file().resolveSibling("daemon.flags");
        assertTrue(JvmFlags.daemon("Main").contains("@" + file));
        assertTrue(Files.readAllLines(file).contains("-XX:+DisableAttachMechanism"));
    }

    /** The manifest repeats what java -jar needs of the list; it may not drift. */
    @Test
    void shouldOpenInTheManifestWhatTheFlagsOpen() throws IOException {
        String pom = Files.readString(Path.of(System.getProperty("basedir", "."), "pom.xml"));
        assertEquals(flags("--add-exports="), manifest(pom, "Add-Exports"));
        assertEquals(flags("--add-opens="), manifest(pom, "Add-Opens"));
    }

    private static Set<String> flags(String option) throws IOException {
        try (Stream<String> lines = Files.lines(JvmFlags.file())) {
            return lines.filter(l -> l.startsWith(option))
                    .map(l -> l.substring(option.length()).replace("=ALL-UNNAMED", ""))
                    .collect(toCollection(TreeSet::new));
        }
    }

    private static Set<String> manifest(String pom, String entry) {
        Matcher value = Pattern.compile("<" + entry + ">([^<]*)<").matcher(pom);
        assertTrue(value.find(), entry);
        return new TreeSet<>(List.of(value.group(1).split(" ")));
    }
}
