package io.softpath.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processes of a job's ranks, found under their launcher. */
final class Ranked {
    private Ranked() {}

    static ProcessHandle of(Jvm launcher, int rank) {
        return ProcessHandle.of(launcher.pid())
                .orElseThrow()
                .descendants()
                .filter(process -> hasEnvironment(process, "SOFTPATH_RANK=" + rank))
                .findFirst()
                .orElseThrow();
    }

    private static boolean hasEnvironment(ProcessHandle process, String setting) {
        Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
        try {
            String all = Files.readString(environment, StandardCharsets.ISO_8859_1);
            return List.of(all.split("\0", -1)).contains(setting);
        } catch (IOException e) {
            return false; // not ours to look into: the daemon
        }
    }
}
