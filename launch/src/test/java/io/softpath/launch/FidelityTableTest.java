package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.RuntimeVisibleAnnotationsAttribute;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Generates {@code docs/fidelity.md} from the marks on the tests of all modules and holds it to
 * them.
 *
 * <p>{@code -Dsoftpath.docs.write=true} writes the document instead of comparing it.
 */
class FidelityTableTest {
    private static final String MARK = "Lio/softpath/abi/Fidelity;";
    private static final List<String> MODULES =
            List.of("driver-lib", "device-daemon", "user-apps", "bench", "launch");

    /** Rows that are shown today; a row never leaves this list again. */
    private static final int[] SHOWN =
            Stream.of(
                            IntStream.rangeClosed(1, 7),
                            IntStream.rangeClosed(9, 51),
                            IntStream.rangeClosed(54, 61),
                            IntStream.of(63, 64, 76, 79))
                    .flatMapToInt(rows -> rows)
                    .toArray();

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final SortedMap<Integer, SortedSet<String>> TESTS_OF_ROW = new TreeMap<>();

    private record Row(int number, String feature, String shown) {}

    @BeforeAll
    static void readMarks() throws IOException {
        for (String module : MODULES) {
            Path classes = ROOT.resolve(module).resolve("target/test-classes");
            if (Files.isDirectory(classes)) {
                try (Stream<Path> files = Files.walk(classes)) {
                    for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                        readMarks(ClassFile.of().parse(Files.readAllBytes(file)));
                    }
                }
            }
        }
    }

    private static void readMarks(ClassModel type) {
        String className = type.thisClass().asInternalName().replaceAll(".*[/$]", "");
        note(type.findAttribute(Attributes.runtimeVisibleAnnotations()), className);
        for (MethodModel method : type.methods()) {
            note(
                    method.findAttribute(Attributes.runtimeVisibleAnnotations()),
                    className + "." + method.methodName().stringValue());
        }
    }

    private static void note(
            Optional<RuntimeVisibleAnnotationsAttribute> attribute, String testName) {
        attribute.stream()
                .flatMap(a -> a.annotations().stream())
                .filter(a -> a.className().stringValue().equals(MARK))
                .flatMap(a -> rows(a).stream())
                .forEach(row ->
                        TESTS_OF_ROW.computeIfAbsent(row, r -> new TreeSet<>()).add(testName));
    }

    private static List<Integer> rows(Annotation annotation) {
        List<Integer> rows = new ArrayList<>();
        for (AnnotationElement element : annotation.elements()) {
            if (element.value() instanceof AnnotationValue.OfArray array) {
                for (AnnotationValue value : array.values()) {
                    rows.add(((AnnotationValue.OfInt) value).intValue());
                }
            }
        }
        return rows;
    }

    private static List<Row> rows() throws IOException {
        try (InputStream in = FidelityTableTest.class.getResourceAsStream("fidelity-rows.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .map(cells -> new Row(Integer.parseInt(cells[0]), cells[1], cells[2]))
                    .toList();
        }
    }

    @Test
    void shouldKeepTheDocumentEqualToTheMarks() throws IOException {
        StringBuilder table =
                new StringBuilder(
                        """
                        # Fidelity

                        What a faithful emulation of the InfiniPath chip and its driver must show to an outside observer, and
                        the tests that show it. Generated from the `@Fidelity` marks on the tests; a test compares this file with them
                        (`mvn verify -Dsoftpath.docs.write=true` writes it anew).

                        Where the original has a quirk, the sane behaviour is the default and the quirk an option of the daemon
                        (`softpath daemon --quirks`).

                        | # | feature | what an observer sees | shown by |
                        |---|---|---|---|
                        """);
        for (Row row : rows()) {
            SortedSet<String> tests = TESTS_OF_ROW.getOrDefault(row.number(), new TreeSet<>());
            String shownBy = tests.isEmpty() ? "not yet" : "`" + String.join("`<br>`", tests) + "`";
            table.append(
                    "| %d | %s | %s | %s |%n"
                            .formatted(row.number(), row.feature(), row.shown(), shownBy));
        }
        Documents.compare(ROOT.resolve("docs/fidelity.md"), table.toString());
    }

    @Test
    void shouldShowEveryRowThatWasShownBefore() {
        List<Integer> missing =
                IntStream.of(SHOWN).filter(row -> !TESTS_OF_ROW.containsKey(row)).boxed().toList();
        assertEquals(List.of(), missing, "rows without a test that carries their mark");
    }

    @Test
    void shouldKnowEveryRowThatATestMarks() throws IOException {
        List<Integer> known = rows().stream().map(Row::number).toList();
        assertEquals(IntStream.rangeClosed(1, 79).boxed().toList(), known);
        assertTrue(known.containsAll(TESTS_OF_ROW.keySet()), () -> "marks " + TESTS_OF_ROW);
    }
}
