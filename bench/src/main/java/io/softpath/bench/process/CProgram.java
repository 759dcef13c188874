package io.softpath.bench.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A C program among the harness's resources: compiled here, because it needs what this machine has
 * of the library that it measures. Gone when it is closed.
 */
public final class CProgram implements AutoCloseable {
    private static final Duration COMPILE = Duration.ofMinutes(1);

    private final TemporaryDirectory directory;
    private final String name;

    private CProgram(TemporaryDirectory directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /**
     * Compiles the source that lies beside a class.
     *
     * @param owner that class
     * @param name of the source, without its suffix
     * @param compiler what it is compiled with: cc, or a library's own
     * @param libraries arguments that name libraries to link with
     * @param needs what has to be installed for that
     * @throws Unavailable if it cannot be compiled
     */
    public static CProgram compile(
            Class<?> owner, String name, String compiler, List<String> libraries, String needs) {
        CProgram program = new CProgram(TemporaryDirectory.make(), name);
        boolean compiled = false;
        try {
            program.compileSource(owner, compiler, libraries);
            compiled = true;
            return program;
        } catch (BenchFailure e) {
            throw new Unavailable(
                    name
                            + ".c cannot be built here: "
                            + e.getMessage()
                            + "; it takes apt-get install "
                            + needs,
                    e);
        } finally {
            if (!compiled) {
                program.close();
            }
        }
    }

    private void compileSource(Class<?> owner, String compiler, List<String> libraries) {
        Path source = path().resolveSibling(name + ".c");
        try (InputStream in = owner.getResourceAsStream(name + ".c")) {
            Files.copy(in, source);
        } catch (IOException e) {
            throw new BenchFailure("cannot write " + source + ": " + e, e);
        }
        List<String> command = new ArrayList<>(List.of(compiler, "-std=gnu11", "-O2", "-o"));
        command.addAll(List.of(path().toString(), source.toString()));
        command.addAll(libraries);
        try (Child cc = Child.startProgram(compiler, Map.of(), command)) {
            cc.awaitSuccess(COMPILE);
        }
    }

    /** The program. */
    public Path path() {
        return directory.path().resolve(name);
    }

    @Override
    public void close() {
        directory.close();
    }
}
