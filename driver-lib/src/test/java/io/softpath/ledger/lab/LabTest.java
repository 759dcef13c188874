package io.softpath.ledger.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.ledger.Era;
import io.softpath.ledger.LedgerEvent;
import io.softpath.ledger.MapMethod;
import io.softpath.ledger.MemoryKind;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The stories of March 2006, as the lab tells them. */
class LabTest {
    private static List<String> story(Cell cell, Script script) {
        List<String> lines = new ArrayList<>();
        cell.story(script).forEach(event -> lines.addAll(event.sentences()));
        return lines;
    }

    private static List<String> story(int row, Era era) {
        Cell cell = Lab.row(Row.of(row), List.of(era)).getFirst().example();
        return story(cell, cell.example());
    }

    /** Each of these in this order, perhaps with others between. */
    private static void assertTells(List<String> story, String... lines) {
        int at = 0;
        for (String line : lines) {
            int found = story.subList(at, story.size()).indexOf(line);
            assertTrue(found >= 0, () -> "not told: " + line + "\n" + String.join("\n", story));
            at += found + 1;
        }
    }

    @Test
    @Fidelity(63)
    void shouldLockUpTheBoxOn2615AsTheMailTells() {
        for (Era era : List.of(Era.V2_6_15, Era.FROM_2_6_16)) {
            Cell cell = Lab.cell(Setup.MAIL, era);
            assertEquals(EnumSet.of(Outcome.EARLY, Outcome.BAD, Outcome.OOPS), cell.outcomes());
            List<LedgerEvent> events = cell.story(cell.example());
            assertTells(
                    story(cell, cell.example()),
                    "the driver allocates eager chunk pages 0-7, order 3 without __GFP_COMP; count"
                            + " of the first page 1, of the others 0 [R5]",
                    "the driver sets PG_reserved on eager chunk pages 0-7",
                    "hello maps RCVEGRBUFS by nopage without get_page; flags VM_DONTCOPY"
                            + " VM_DONTEXPAND VM_IO VM_SHM VM_RESERVED",
                    "hello touches eager chunk page 0: nopage takes no reference; count stays 1"
                            + " [R3]",
                    "hello touches eager chunk pages 1-7: nopage takes no reference; count stays 0"
                            + " [R3]",
                    "hello ends",
                    "at the end of hello the kernel unmaps and puts eager chunk page 0; count 1 ->"
                            + " 0 [R3]",
                    "freed early: the driver has it still, the chip writes to it",
                    "bad page state: PG_reserved is set; the page is not used again [R4]",
                    "at the end of hello the kernel unmaps and puts eager chunk pages 1-7; count 0"
                            + " -> -1 [R3]",
                    "refcount underflow: the kernel puts a page whose count is 0 or less; its own"
                            + " check stops it with an oops [R5]");
            assertTrue(cell.ending(events).contains("the box locks up [inferred"));
        }
    }

    @Test
    void shouldRunTheMailsDriverOnTheKernelsItWasWrittenFor() {
        for (Era era : List.of(Era.UP_TO_2_6_14, Era.UP_TO_2_6_14_HUGETLB)) {
            Cell cell = Lab.cell(Setup.MAIL, era);
            assertEquals("ok !leak", cell.label());
            assertEquals("", cell.ending(cell.story(Script.PLAIN)));
        }
    }

    @Test
    @Fidelity(63)
    void shouldCrashWithTheNaiveGetPage() {
        for (Era era : List.of(Era.V2_6_15, Era.FROM_2_6_16)) {
            assertTells(
                    story(8, era),
                    "hello touches eager chunk pages 1-7: nopage takes a reference; count 0 -> 1"
                            + " [R3]",
                    "at the end of hello the kernel unmaps and puts eager chunk pages 1-7; count 1"
                            + " -> 0 [R3]",
                    "freed early: the driver has it still, the chip writes to it",
                    "bad page state: PG_reserved is set; the page is not used again [R4]",
                    "the driver frees eager chunk pages 1-7 with it; count stays 0 [R5]",
                    "double free: the free lists are damaged [R5, inferred]");
        }
    }

    @Test
    void shouldGiveTailsToStrangersWithoutTheReservedBit() {
        assertTells(
                story(6, Era.V2_6_15),
                "at the end of hello the kernel unmaps and puts eager chunk pages 1-7; count 1 -> 0"
                        + " [R3]",
                "freed early: the driver has it still, the chip writes to it",
                "another process asks for a page and gets header queue page 15",
                "the chip writes a packet to header queue page 15",
                "freed early: the page is another process's memory now",
                "the driver frees eager chunk pages 1-7 with it; count stays 0 [R5]",
                "bad page state: the page is free already [R5]",
                "double free: the free lists are damaged [R5]");
    }

    @Test
    @Fidelity(63)
    void shouldLeakWithHughsRecipeOn2615AndWorkOn2616() {
        assertTells(
                story(9, Era.V2_6_15),
                "the driver allocates eager chunk pages 0-7, order 3 with __GFP_COMP; first page's"
                        + " count 1, for all [R6]",
                "hello touches eager chunk pages 0-7: nopage takes a reference; first page's count"
                        + " 1 -> 9 [R3 R6]",
                "at the end of hello the kernel unmaps and puts eager chunk page 0; first page's"
                        + " count 9 -> 8 [R3 R6]",
                "at the end of hello the kernel unmaps and puts eager chunk pages 1-7, but counts"
                        + " in the page's own counter: the reference on the first page is lost;"
                        + " count 0 -> -1 [R7]",
                "the driver frees eager chunk pages 0-7: it stays, references left: 7; first"
                        + " page's count 8 -> 7 [R6]",
                "in the end: eager chunk pages 0-7; first page's count stays 7",
                "leak: nobody has the page, and it never comes back");
        assertTells(
                story(9, Era.FROM_2_6_16),
                "at the end of hello the kernel unmaps and puts eager chunk pages 0-7; first page's"
                        + " count 9 -> 1 [R3 R6]",
                "the driver frees eager chunk pages 0-7; first page's count 1 -> 0 [R6]");
    }

    @Test
    @Fidelity(63)
    void shouldRunTheMergedDriverCleanlyOnTheKernelsItIsFor() {
        for (Era era : List.of(Era.RC1_2_6_15, Era.V2_6_15, Era.FROM_2_6_16)) {
            assertEquals("ok", Lab.cell(Setup.MERGED, era).label());
        }
        for (Era era : Era.values()) {
            RowCell reserved = Lab.row(Row.of(13), List.of(era)).getFirst();
            assertTrue(reserved.outcomes().contains(Outcome.OK), era.label());
        }
        assertEquals("hole", Lab.cell(Setup.MERGED, Era.UP_TO_2_6_14).label());
    }

    @Test
    void shouldWriteToAPageThatItsUserNoLongerSeesAfterFork() {
        RowCell cell = Lab.row(Row.of(19), List.of(Era.FROM_2_6_16)).getFirst();
        assertTrue(cell.forkHazard());
        Script fork =
                new Script(
                        Script.Touches.ALL, Script.Fork.CHILD_FIRST, Script.End.EXIT, false, false);
        assertTells(
                story(cell.example(), fork),
                "the driver pins the user's buffer pages 0-3; count 1 -> 2 [R12]",
                "hello forks the child",
                "hello writes to the user's buffer page 0, which it shares since fork, and gets a"
                        + " copy; the chip goes on writing to the old page [R12]");
    }

    @Test
    void shouldTellTheSameTwice() {
        for (Policy policy : Policy.all()) {
            Cell cell = Lab.cell(Setup.of(policy), Era.V2_6_15);
            assertEquals(cell.label(), Lab.cell(Setup.of(policy), Era.V2_6_15).label());
            assertEquals(cell.story(Script.PLAIN), cell.story(Script.PLAIN));
        }
    }

    @Test
    void shouldSayForEveryFailureWhatWentWrong() {
        for (Policy policy : Policy.all()) {
            for (Era era : Era.values()) {
                Cell cell = Lab.cell(Setup.of(policy), era);
                Set<Outcome> told = new HashSet<>();
                for (Script script : cell.examples()) {
                    cell.story(script).stream()
                            .flatMap(event -> event.wrongs().stream())
                            .forEach(wrong ->
                                    told.addAll(Outcome.of(EnumSet.of(wrong.violation()))));
                }
                Set<Outcome> wrong = EnumSet.copyOf(cell.outcomes());
                wrong.addAll(cell.ifReservedStays());
                wrong.remove(Outcome.OK);
                assertEquals(wrong, told, () -> policy.text() + " on " + era.label());
            }
        }
    }

    @Test
    void shouldTryTheCombinationsThatTheTableDoesNotList() {
        List<List<Cell>> further = Lab.further(List.of(Era.values()));
        assertTrue(further.size() > 80, () -> "policies=" + further.size());
        Set<MapMethod> methods = EnumSet.noneOf(MapMethod.class);
        Set<MemoryKind> kinds = EnumSet.noneOf(MemoryKind.class);
        for (List<Cell> cells : further) {
            assertEquals(Era.values().length, cells.size());
            methods.add(cells.getFirst().setup().blocks().method());
            kinds.add(cells.getFirst().setup().blocks().memory());
            for (Cell cell : cells) {
                assertFalse(cell.outcomes().isEmpty());
                assertFalse(cell.label().isBlank());
            }
        }
        assertTrue(methods.contains(MapMethod.FAULT), methods::toString);
        assertTrue(kinds.contains(MemoryKind.SLAB), kinds::toString);
    }
}
