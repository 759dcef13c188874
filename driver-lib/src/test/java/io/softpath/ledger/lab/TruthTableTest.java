package io.softpath.ledger.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.softpath.abi.Fidelity;
import io.softpath.ledger.Era;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Holds the lab to the truth table of truth-table.txt, cell by cell. */
class TruthTableTest {
    private static final List<Era> ERAS = List.of(Era.values());
    private static final int COLUMNS_BEFORE_ERAS = 6;

    /** What a page that was freed too early may lead to when it is freed once more. */
    private static final Set<String> LATER = Set.of("bad", "oops");

    private static List<String[]> table() throws IOException {
        try (InputStream in = TruthTableTest.class.getResourceAsStream("truth-table.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.trim().split("\\s{2,}"))
                    .toList();
        }
    }

    @TestFactory
    @Fidelity(63)
    Stream<DynamicTest> shouldComeToWhatTheTableSays() throws IOException {
        return table().stream()
                .flatMap(cells ->
                        IntStream.range(0, ERAS.size())
                                .mapToObj(i ->
                                        dynamicTest(
                                                "row " + cells[0] + " on " + ERAS.get(i).label(),
                                                () ->
                                                        check(
                                                                Integer.parseInt(cells[0]),
                                                                ERAS.get(i),
                                                                cells[COLUMNS_BEFORE_ERAS + i]))));
    }

    private static void check(int number, Era era, String expected) {
        RowCell cell = Lab.row(Row.of(number), List.of(era)).getFirst();
        Set<String> found = words(cell.label().replace('+', ' '));
        Set<String> told = new TreeSet<>();
        Set<String> besides = new TreeSet<>();
        for (String word : words(expected)) {
            if (word.startsWith("~")) {
                besides.add(word.substring(1));
            } else if (!word.equals("(i)")) {
                told.add(word);
            }
        }
        Set<String> missing = new TreeSet<>(told);
        missing.removeAll(found);
        assertEquals(Set.of(), missing, () -> "not found, but " + found);
        Set<String> more = new TreeSet<>(found);
        more.removeAll(told);
        if (told.contains("early")) {
            more.removeAll(LATER);
        }
        assertEquals(besides, more, () -> "found beyond " + told);
        assertEquals(expected.endsWith("(i)"), cell.inferred(), "marked as inferred");
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(Arrays.asList(text.trim().split("\\s+")));
    }

    @Test
    void shouldHaveTheRowsOfTheTable() throws IOException {
        List<String[]> table = table();
        assertEquals(Row.ALL.size(), table.size());
        for (String[] cells : table) {
            Row row = Row.of(Integer.parseInt(cells[0]));
            assertEquals(
                    List.of(
                            row.method(),
                            row.order(),
                            row.reserved(),
                            row.compound(),
                            row.getPage()),
                    Arrays.asList(cells).subList(1, COLUMNS_BEFORE_ERAS));
            assertEquals(COLUMNS_BEFORE_ERAS + ERAS.size(), cells.length);
        }
    }

    @Test
    void shouldCoverEveryPolicyByOneRowOrListItAmongTheFurther() {
        int covered = 0;
        for (Policy policy : Policy.all()) {
            long rows = Row.ALL.stream().filter(row -> row.covers().test(policy)).count();
            assertTrue(rows <= 1, () -> policy.text() + " is in rows=" + rows);
            covered += (int) rows;
        }
        Row.ALL.forEach(row -> assertTrue(!row.policies().isEmpty(), () -> "row " + row.number()));
        assertEquals(Policy.all().size(), covered + Lab.further(List.of(Era.FROM_2_6_16)).size());
    }
}
