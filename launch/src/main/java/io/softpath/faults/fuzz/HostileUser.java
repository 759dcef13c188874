package io.softpath.faults.fuzz;

import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.register.UserRegisters;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A context that writes packets of all kinds into any buffer and launches them in any way. */
final class HostileUser implements AutoCloseable {
    private static final int PAGES = 16;
    private static final int PAGE = 4096;
    private static final long ADDRESS = 0x4000;

    /** A client that never acknowledges has no buffers left soon. */
    private static final int LAUNCHES_PER_LOOK = 8;

    final RawUser raw;
    final boolean inline;

    /** Memory that the chip can send from and store to; TIDs 0 and up are its pages. */
    final MemorySegment memory;

    final int handle;
    private final Machine machine;
    private final int[] tags;
    private int lastTag;
    private int launches;

    /**
     * @param inline whether it negotiates softpath's own trigger and gathers; else it uses the
     *     model's
     */
    HostileUser(Machine machine, int unit, boolean inline) {
        this.machine = machine;
        this.inline = inline;
        int features =
                inline ? ControlRecord.FEATURE_INLINE_TRIGGER | ControlRecord.FEATURE_GATHER : 0;
        raw = new RawUser(machine, unit, features);
        tags = new int[raw.info.piocnt()];
        memory = raw.memory((long) PAGES * PAGE, 0);
        handle = raw.result();
        raw.bind(handle, ADDRESS);
        raw.tidUpdate(ADDRESS, PAGES);
    }

    ChipModel model() {
        return raw.model;
    }

    int buffers() {
        return tags.length;
    }

    static int pages() {
        return PAGES;
    }

    long bufferAt(int buffer) {
        return (long) buffer * raw.model.pioAlign();
    }

    /** Says that it has read everything, and acknowledges what is wrong with its buffers. */
    void catchUp() {
        UserRegisters.RCVHDRHEAD.put(raw.uregs, UserRegisters.RCVHDRTAIL.get(raw.uregs));
        UserRegisters.RCVEGRINDEXHEAD.put(raw.uregs, UserRegisters.RCVEGRINDEXTAIL.get(raw.uregs));
        if (++launches % LAUNCHES_PER_LOOK == 0) {
            machine.work();
            raw.acknowledge();
        }
    }

    /** Starts reception over, and with it heads and tails. */
    void restart() {
        raw.command(Command.RECV_CTRL, 1);
    }

    /**
     * Launches what is in a buffer.
     *
     * @param magic what is stored where the model has a word to trigger with
     * @param tag added to the launch tag that would be next, 0: a good one
     */
    void launch(int buffer, long pbc, int magic, int tag) {
        long at = bufferAt(buffer);
        if (inline) {
            int next = Pbc.nextLaunchTag(lastTag, tags[buffer]) + tag & Pbc.LAUNCH_TAG_MAX;
            if (tag == 0) {
                lastTag = next;
            }
            tags[buffer] = next;
            Pbc.put(raw.pio, at, Pbc.withLaunchTag(pbc, next));
        } else {
            Pbc.put(raw.pio, at, pbc);
            trigger(at, pbc, magic);
        }
    }

    private void trigger(long at, long pbc, int magic) {
        if (raw.model.specialTrigger()) {
            Pbc.putTrigger(raw.pio, at + Pbc.SPECIAL_TRIGGER_OFFSET, magic);
            return;
        }
        int last = PioLayout.lastDwordOffset(Pbc.lengthDwords(pbc));
        if (last >= PioLayout.HEADER && last < raw.model.pio2kBytes()) {
            int word = raw.pio.get(ValueLayout.JAVA_INT, at + last);
            Pbc.putTrigger(raw.pio, at + last, word + 1 + magic);
        }
    }

    @Override
    public void close() {
        raw.close();
    }
}
