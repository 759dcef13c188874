import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
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
    private static final JavaFormatterOptions OPTIONS =
            JavaFormatterOptions.builder().style(Style.AOSP).formatJavadoc(true).build();

    private Format() {}

    public static void main(String[] args) throws Exception {
        boolean fix = args[0].equals("fix");
        Path root = Path.of(args[1]);
        Path stamp = root.resolve("target/format-in-order");
        FileTime since =
                Files.exists(stamp) ? Files.getLastModifiedTime(stamp) : FileTime.fromMillis(0);
        FileTime begin = FileTime.fromMillis(System.currentTimeMillis() - 2_000);

        List<Path> wrong = new ArrayList<>();
        int failed = 0;
        for (Path file : sources(root)) {
            if (Files.getLastModifiedTime(file).compareTo(since) < 0) {
                continue;
            }
            String text = Files.readString(file, UTF_8);
            try {
                String formatted = format(text);
                if (!formatted.equals(text)) {
                    wrong.add(root.relativize(file));
                    if (fix) {
                        Files.writeString(file, formatted, UTF_8);
                    }
                }
            } catch (FormatterException e) {
                failed++;
                System.err.println(root.relativize(file) + ": " + e.getMessage());
            }
        }
        wrong.forEach(file -> System.err.println((fix ? "formatted " : "not formatted: ") + file));
        if (failed > 0 || (!fix && !wrong.isEmpty())) {
            System.err.println("Run ./launch/softpath format to put the sources in order.");
            System.exit(1);
        }
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(stamp, begin);
    }

    private static String format(String text) throws FormatterException {
        String formatted = new Formatter(OPTIONS).formatSource(text);
        formatted = RemoveUnusedImports.removeUnusedImports(formatted);
        formatted = ImportOrderer.reorderImports(formatted, Style.AOSP);
        return StringWrapper.wrap(formatted, new Formatter(OPTIONS));
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path src :
                    modules.map(m -> m.resolve("src"))
                            .filter(Files::isDirectory)
                            .sorted()
                            .toList()) {
                try (Stream<Path> tree = Files.walk(src)) {
                    tree.filter(f -> f.toString().endsWith(".java")).sorted().forEach(files::add);
                }
            }
        }
        return files;
    }
}
