package io.softpath.abi.region;

import static io.softpath.abi.region.VmFlag.Kernel.RC1_2_6_15;
import static io.softpath.abi.region.VmFlag.Kernel.TODAY;
import static io.softpath.abi.region.VmFlag.Kernel.TO_2_6_14;
import static io.softpath.abi.region.VmFlag.Kernel.V2_6_15;
import static io.softpath.abi.region.VmFlag.Kernel.V2_6_16;
import static io.softpath.abi.region.VmFlag.Verdict.MEANINGLESS;
import static io.softpath.abi.region.VmFlag.Verdict.NEEDLESS;
import static io.softpath.abi.region.VmFlag.Verdict.RIGHT;
import static io.softpath.abi.region.VmFlag.Verdict.UNUSED;
import static io.softpath.abi.region.VmFlag.Verdict.WRONG;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The flags of a memory area that the mail of March 2006 turned on in the hope that one of them
 * helps, and those that the drivers after it used: what each was meant to do, what it did in each
 * kernel, whether it was right, and what stands in its place in softpath. {@code softpath maps
 * --explain} prints it, {@link VmFlagsExpectation} demands it of each mapping.
 *
 * <p>Sources: include/linux/mm.h, mm/memory.c, mm/mmap.c, mm/mremap.c, kernel/fork.c,
 * fs/binfmt_elf.c of Linux 2.6.11, 2.6.18 and today; the commits named; the thread "[PATCH 10 of
 * 20] ipath - support for userspace apps using core driver" (LKML, March 2006: Bryan O'Sullivan,
 * Roland Dreier, Andrew Morton, Hugh Dickins, Linus Torvalds); Documentation/filesystems/proc.rst
 * for the two letters.
 */
@SuppressWarnings({
    "EnumOrdinal", // kernels are in the order of time
    "ImmutableEnumChecker" // records of strings, and a map that is never handed out
})
public enum VmFlag {
    DONTCOPY(
            "dc",
            Shown.ALWAYS,
            "fork leaves the area out of the child",
            effects(
                            TO_2_6_14,
                            0x20000,
                            sourced("does so: the child gets SIGSEGV where the area was"))
                    .from(
                            V2_6_16,
                            0x20000,
                            sourced("the same, and a process may ask for it: madvise(DONTFORK)")),
            judged(
                    RIGHT,
                    inferred(
                            "every later driver kept it: parent and child would fill the same send"
                                    + " buffers")),
            judged(
                    NEEDLESS,
                    sourced(
                            "copy-on-write is for private areas and these are shared; the merged"
                                    + " driver dropped it")),
            "madvise(MADV_DONTFORK) on every region. It guards a user against its own children, so"
                    + " the user may take it off again."),
    DONTEXPAND(
            "de",
            Shown.NEVER,
            "mremap cannot make the area longer",
            effects(TO_2_6_14, 0x40000, sourced("does so: growing is EFAULT"))
                    .from(
                            TODAY,
                            0x40000,
                            sourced("the same; since 3.7 remap_pfn_range sets it by itself")),
            judged(RIGHT, sourced("the thread agrees, and every later driver kept it")),
            judged(
                    RIGHT,
                    sourced(
                            "the nopage handler of the header queue checked no length: a longer"
                                    + " area would have shown whatever lies behind the queue")),
            "not needed: the size of the file is sealed (F_SEAL_GROW, F_SEAL_SHRINK). mremap may"
                    + " make the mapping longer, but touching what is behind the file is SIGBUS."),
    IO(
            "io",
            Shown.NEVER,
            "device memory: looking at it may have effects, so the kernel does not look",
            effects(
                    TO_2_6_14,
                    0x4000,
                    sourced(
                            "get_user_pages refuses the area (no direct I/O, no debugger) and core"
                                    + " dumps leave it out; remap_pfn_range sets it by itself")),
            judged(NEEDLESS, sourced("true, but io_remap_pfn_range sets it by itself")),
            judged(
                    WRONG,
                    sourced(
                            "this is RAM; the flag changes no reference count, it only hides the"
                                    + " memory from debuggers")),
            "none: only the mmap of a kernel driver can set it, and there is no need. The registers"
                    + " are memory here, and reading memory has no effects."),
    SHM(
            "",
            Shown.UNKNOWN,
            "System V shared memory, which the swapper of early kernels left alone",
            effects(TO_2_6_14, 0x400, sourced("nothing: no code looks at it"))
                    .from(
                            V2_6_15,
                            0,
                            sourced(
                                    "nothing: it is 0, and its bit VM_UNPAGED in the release"
                                            + " candidates, then VM_PFNMAP"))
                    .from(TODAY, 0, sourced("gone since 2.6.18")),
            judged(MEANINGLESS, sourced("went from driver to driver by copying")),
            judged(MEANINGLESS, sourced("went from driver to driver by copying")),
            "none."),
    LOCKED(
            "lo",
            Shown.IF_THE_LIMIT_ALLOWS,
            "the pages stay in memory: what mlock sets",
            effects(
                            TO_2_6_14,
                            0x2000,
                            inferred(
                                    "mmap adds the area to the process's locked memory without"
                                        + " asking the limit; it keeps nothing in memory that would"
                                        + " not stay there anyway"))
                    .from(
                            TODAY,
                            0x2000,
                            sourced("mmap takes it off again where VM_IO or VM_PFNMAP is set")),
            judged(
                    WRONG,
                    sourced(
                            "a chip cannot be swapped out, and a driver that sets it makes the"
                                    + " count of locked memory wrong")),
            judged(UNUSED, sourced("")),
            "mlock2(MLOCK_ONFAULT), as far as RLIMIT_MEMLOCK allows: lo, and lf for \"when"
                    + " touched\"; the kernel counts. A region that is not locked works, but may be"
                    + " swapped."),
    RESERVED(
            "",
            Shown.UNKNOWN,
            "the swapper of 2.4 keeps off the area",
            effects(
                            TO_2_6_14,
                            0x80000,
                            sourced(
                                    "counted in reserved_vm, left out of core dumps, never merged;"
                                            + " the swapper no longer goes by areas"))
                    .from(
                            RC1_2_6_15,
                            0x80000,
                            sourced(
                                    "unmapping drops no reference: a page that nopage counted never"
                                            + " comes back"))
                    .from(V2_6_15, 0x80000, sourced("as up to 2.6.14; the rest is VM_PFNMAP's"))
                    .from(
                            TODAY,
                            0,
                            sourced(
                                    "gone since 3.7; its bit now means \"lock when touched\""
                                            + " (lf)")),
            judged(UNUSED, sourced("io_remap_pfn_range sets it by itself")),
            judged(
                    WRONG,
                    sourced(
                            "protects nothing: no swapper knows these pages; on 2.6.15-rc1 it makes"
                                    + " counted pages leak")),
            "none: mlock2 keeps the swapper off, DONTDUMP keeps the region out of core dumps."),
    MAYREAD(
            "mr",
            Shown.ALWAYS,
            "mprotect may make the area readable",
            effects(TO_2_6_14, 0x10, sourced("if cleared, mprotect to add reading is EACCES")),
            judged(
                    UNUSED,
                    sourced(
                            "should have been cleared on the send buffers; later drivers do that,"
                                    + " though x86 can read whatever it can write")),
            judged(UNUSED, sourced("")),
            "only the mmap of a kernel driver can clear it. Send buffers are mapped without"
                    + " PROT_READ, and their type has no method that reads."),
    MAYWRITE(
            "mw",
            Shown.ALWAYS,
            "mprotect may make the area writable",
            effects(TO_2_6_14, 0x20, sourced("if cleared, mprotect to add writing is EACCES")),
            judged(WRONG, sourced("cleared on the send buffers, by mistake: VM_MAYREAD was meant")),
            judged(
                    RIGHT,
                    sourced(
                            "cleared on eager buffers and availability, which users only read;"
                                    + " every later driver does so")),
            "F_SEAL_FUTURE_WRITE on what users only read: the kernel itself clears the flag when"
                    + " the file is mapped, and refuses writable mappings and write(2) for ever."),
    PFNMAP(
            "pf",
            Shown.NEVER,
            "page frames that are not counted: whoever maps them keeps them alive",
            effects(TO_2_6_14, 0, sourced("does not exist; PG_reserved on each page stands for it"))
                    .from(RC1_2_6_15, 0, sourced("does not exist; VM_RESERVED stands for it"))
                    .from(
                            V2_6_15,
                            0x400,
                            sourced(
                                    "remap_pfn_range sets it; fork, unmap and exit touch no count"
                                            + " of such an area")),
            judged(
                    UNUSED,
                    sourced("io_remap_pfn_range sets it by itself: all that a window needs")),
            judged(
                    UNUSED,
                    sourced(
                            "what the posted driver lacked; the merged driver has it on every kind,"
                                    + " from remap_pfn_range")),
            "none: only the mmap of a kernel driver can set it, and there is no need. The kernel"
                + " counts these pages; whoever has a mapping or a descriptor keeps them alive."),
    DONTDUMP(
            "dd",
            Shown.ALWAYS,
            "a core dump leaves the area out",
            effects(TO_2_6_14, 0, sourced("does not exist; VM_IO and VM_RESERVED do it"))
                    .from(
                            TODAY,
                            0x4000000,
                            sourced(
                                    "does so; madvise has it since 3.4, remap_pfn_range since"
                                            + " 3.7")),
            judged(UNUSED, sourced("")),
            judged(UNUSED, sourced("")),
            "madvise(MADV_DONTDUMP) on every region.");

    /** Kernels between which the rules for mapped pages changed. */
    public enum Kernel {
        TO_2_6_14("to 2.6.14"),
        RC1_2_6_15("2.6.15-rc1"),
        V2_6_15("2.6.15"),
        V2_6_16("2.6.16 on"),
        TODAY("today");

        private final String label;

        Kernel(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** What became of the mail's use of a flag. */
    public enum Verdict {
        /** It did what it should. */
        RIGHT("right"),
        /** It did no harm, and nothing that was not so without it. */
        NEEDLESS("needless"),
        /** It did something else, or harm. */
        WRONG("wrong"),
        /** No kernel looked at it. */
        MEANINGLESS("meaningless"),
        /** The mail's driver did not touch it. */
        UNUSED("not used");

        private final String label;

        Verdict(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** Whether the two letters must stand in the VmFlags of a region that softpath maps. */
    public enum Shown {
        ALWAYS,
        /** Unless RLIMIT_MEMLOCK is too low. */
        IF_THE_LIMIT_ALLOWS,
        NEVER,
        /** There are no letters: today's kernels do not know the flag. */
        UNKNOWN
    }

    /**
     * A sentence, and how it is known.
     *
     * @param text without a full stop; may be empty
     * @param inferred true if no source says so: it follows from reading code
     */
    public record Fact(String text, boolean inferred) {
        /** With its mark, for people. */
        @Override
        public String toString() {
            return inferred ? text + " (inferred)" : text;
        }
    }

    /**
     * What a flag is and does from one kernel on, up to another.
     *
     * @param first of the kernels
     * @param last of the kernels
     * @param bit its value; 0 if it has none
     */
    public record Effect(Kernel first, Kernel last, long bit, Fact fact) {
        /** Which kernels, in words. */
        public String kernels() {
            if (first == last) {
                return first.label();
            }
            if (first == TO_2_6_14) {
                return switch (last) {
                    case TODAY -> "always";
                    case V2_6_16 -> "in 2.6";
                    default -> "to " + last.label();
                };
            }
            String start = first.label().replace(" on", "");
            return last == V2_6_16 ? start + " on" : start + " to " + last.label();
        }
    }

    /** Whether the mail's driver was right to use a flag, and why. */
    public record Judgement(Verdict verdict, Fact why) {}

    private final String letters;
    private final Shown shown;
    private final String meant;
    private final Map<Kernel, Effect> effects;
    private final Judgement onWindows;
    private final Judgement onMemory;
    private final String softpath;

    VmFlag(
            String letters,
            Shown shown,
            String meant,
            Effects effects,
            Judgement onWindows,
            Judgement onMemory,
            String softpath) {
        this.letters = letters;
        this.shown = shown;
        this.meant = meant;
        this.effects = effects.byKernel();
        this.onWindows = onWindows;
        this.onMemory = onMemory;
        this.softpath = softpath;
    }

    /** Its name in the kernel. */
    public String kernelName() {
        return "VM_" + name();
    }

    /** Its letters in the VmFlags line of smaps; empty if today's kernels do not know the flag. */
    public String letters() {
        return letters;
    }

    /** What it was meant to do. */
    public String meant() {
        return meant;
    }

    /** What it was and did in a kernel. */
    public Effect effect(Kernel kernel) {
        return effects.get(kernel);
    }

    /** What it was and did, each change once, in the order of time. */
    public List<Effect> effects() {
        return effects.values().stream().distinct().toList();
    }

    /** The mail's use of it on windows to the chip: user registers and PIO buffers. */
    public Judgement onWindows() {
        return onWindows;
    }

    /** The mail's use of it on the memory that the chip writes. */
    public Judgement onMemory() {
        return onMemory;
    }

    /** What softpath has in its place today, in words. */
    public String softpath() {
        return softpath;
    }

    /** Whether its letters must stand in the VmFlags of a mapped region of this kind. */
    public Shown shown(RegionKind kind) {
        return this == MAYWRITE && kind.readOnlyByKernel() ? Shown.NEVER : shown;
    }

    private static Fact sourced(String text) {
        return new Fact(text, false);
    }

    private static Fact inferred(String text) {
        return new Fact(text, true);
    }

    private static Judgement judged(Verdict verdict, Fact why) {
        return new Judgement(verdict, why);
    }

    private static Effects effects(Kernel first, long bit, Fact fact) {
        return new Effects().from(first, bit, fact);
    }

    /** Collects effects; each holds until the next. */
    private static final class Effects {
        private final List<Effect> all = new ArrayList<>();

        private Effects from(Kernel kernel, long bit, Fact fact) {
            all.add(new Effect(kernel, TODAY, bit, fact));
            return this;
        }

        private Map<Kernel, Effect> byKernel() {
            Map<Kernel, Effect> byKernel = new EnumMap<>(Kernel.class);
            for (int i = 0; i < all.size(); i++) {
                Effect effect = all.get(i);
                int end =
                        i + 1 < all.size()
                                ? all.get(i + 1).first().ordinal()
                                : Kernel.values().length;
                Kernel last = Kernel.values()[end - 1];
                Effect whole = new Effect(effect.first(), last, effect.bit(), effect.fact());
                for (int k = effect.first().ordinal(); k < end; k++) {
                    byKernel.put(Kernel.values()[k], whole);
                }
            }
            return Collections.unmodifiableMap(byKernel);
        }
    }
}
