package io.softpath.launch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command in a session of its own. All that it starts belongs to that, also what has lost its
 * parent, and ends when this is closed.
 */
final class Session implements AutoCloseable {
    private final Process leader;

    private Session(Process leader) {
        this.leader = leader;
    }

    /** Starts what the builder says; skips the test where there is no {@code setsid}. */
    static Session start(ProcessBuilder builder) throws IOException {
        assumeTrue(CCompiler.isOnPath("setsid"), "no setsid: apt-get install util-linux");
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(builder.command());
        return new Session(builder.command(command).start());
    }

    /** The command itself: setsid becomes it. */
    Process leader() {
        return leader;
    }

    /** Kills whoever is left, and returns when nobody is. */
    @Override
    public void close() {
        leader.destroyForcibly();
        Await.until(
                "session " + leader.pid() + " has ended",
                () -> {
                    List<ProcessHandle> left =
                            ProcessHandle.allProcesses().filter(this::isMember).toList();
                    left.forEach(ProcessHandle::destroyForcibly);
                    return left.isEmpty() && !leader.isAlive();
                });
    }

    /** Behind the name of the program, in brackets: state, parent, process group, session. */
    private boolean isMember(ProcessHandle process) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        } catch (IOException e) {
            return false; // it has gone since it was listed
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
        return !fields[0].equals("Z") && Long.parseLong(fields[3]) == leader.pid();
    }
}
