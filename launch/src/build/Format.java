import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies google-java-format (AOSP style) over the sources of every module; the build
 * runs it as a source file. Usage: {@code java Format.java check|fix ROOT}. A stamp under {@code
 * target} remembers when everything was last in order, so that the next check looks only at files
 * changed since.
 */
final class Format {
    private Format() {}

    public static void main(String[] args) throws Exception {
        boolean fix = args[0].equals("fix");
        Path root = Path.of(args[1]);
        Path stamp = root.resolve("target/format-in-order");
        long stampMs = Files.exists(stamp) ? Files.getLastModifiedTime(stamp).toMillis() : 0;
        long beginMs = System.currentTimeMillis() - 2_000; // some file systems count whole seconds

        List<String> command = new ArrayList<>(List.of("--aosp"));
        command.addAll(fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        int options = command.size();
        for (Path file : sources(root)) {
            if (Files.getLastModifiedTime(file).toMillis() >= stampMs) {
                command.add(file.toString());
            }
        }
        if (command.size() > options) {
            StringWriter differing = new StringWriter();
            PrintWriter errors = new PrintWriter(System.err, true, UTF_8);
            Main formatter = new Main(new PrintWriter(differing, true), errors, System.in);
            String[] words = command.toArray(String[]::new);
            if (fix) {
                formatter.format(words); // one round may leave work for another: long strings
            }
            if (formatter.format(words) != 0) {
                differing
                        .toString()
                        .lines()
                        .forEach(f ->
                                errors.println("not formatted: " + root.relativize(Path.of(f))));
                errors.println("Run ./launch/softpath format to put the sources in order.");
                System.exit(1);
            }
        }
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(stamp, FileTime.fromMillis(beginMs));
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path src :
                    modules.map(m -> m.resolve("src")).filter(Files::isDirectory).toList()) {
                try (Stream<Path> tree = Files.walk(src)) {
                    tree.filter(f -> f.toString().endsWith(".java")).forEach(files::add);
                }
            }
        }
        return files.stream().sorted().toList();
    }
}
