package io.softpath.ledger;

import io.softpath.abi.region.VmFlag;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A mapped area (struct vm_area_struct) and its page table entries. */
public final class Area {
    /** What a page table entry shows. */
    enum Entry {
        /** Nothing yet. */
        ABSENT,
        /** A page frame, or a page of the chip. */
        PRESENT,
        /** The kernel's page of zeros, by mistake. */
        ZERO_PAGE,
        /** No longer part of the area. */
        UNMAPPED
    }

    private final AddressSpace space;
    private final AreaRequest request;
    private final EnumSet<VmFlag> flags;
    final Frame[] backing;
    final Frame[] mapped;
    final boolean[] countedInMapcount;
    final Entry[] entries;
    int unmapped;

    Area(AddressSpace space, AreaRequest request) {
        this.space = space;
        this.request = request;
        flags = EnumSet.noneOf(VmFlag.class);
        flags.addAll(request.flags());
        backing = new Frame[request.pages()];
        int page = 0;
        for (Block block : request.memory()) {
            for (int i = 0; i < block.pages() && page < backing.length; i++, page++) {
                backing[page] = block.hasFrames() ? block.frame(i) : null;
            }
        }
        mapped = new Frame[backing.length];
        countedInMapcount = new boolean[backing.length];
        entries = new Entry[backing.length];
        Arrays.fill(entries, Entry.ABSENT);
    }

    /** The process that has it. */
    public AddressSpace space() {
        return space;
    }

    public String name() {
        return request.name();
    }

    public MapMethod method() {
        return request.method();
    }

    /** Whether its handler takes a reference. */
    public boolean getsPages() {
        return request.getPage();
    }

    /** The method in words, such as "nopage with get_page". */
    public String handler() {
        boolean chooses = method() == MapMethod.NOPAGE || method() == MapMethod.FAULT;
        return method().label()
                + (chooses ? getsPages() ? " with get_page" : " without get_page" : "");
    }

    /** vm_flags: the driver's and the method's. */
    public Set<VmFlag> flags() {
        return Collections.unmodifiableSet(flags);
    }

    boolean has(VmFlag flag) {
        return flags.contains(flag);
    }

    void add(VmFlag flag) {
        flags.add(flag);
    }

    AreaRequest request() {
        return request;
    }

    DriverFile file() {
        return request.file();
    }

    /** Whose memory it shows. */
    public List<Block> memory() {
        return request.memory();
    }

    /** As mapped; pages that were unmapped since included. */
    public int pages() {
        return entries.length;
    }

    /** Pages that show something. */
    public int touched() {
        int present = 0;
        for (Entry entry : entries) {
            present += entry == Entry.PRESENT || entry == Entry.ZERO_PAGE ? 1 : 0;
        }
        return present;
    }

    /** Whether that page shows something. */
    public boolean isTouched(int page) {
        return entries[page] == Entry.PRESENT || entries[page] == Entry.ZERO_PAGE;
    }

    /** The page frame that a process sees there; null if there is none. */
    public Frame frame(int page) {
        return mapped[page];
    }

    /** Every page of it is unmapped. */
    public boolean gone() {
        return unmapped == entries.length;
    }

    @Override
    public String toString() {
        return name() + " of " + space + " by " + method().label();
    }
}
