package io.softpath.ledger.lab;

import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;
import io.softpath.ledger.AddressSpace;
import io.softpath.ledger.Area;
import io.softpath.ledger.AreaRequest;
import io.softpath.ledger.Block;
import io.softpath.ledger.DriverFile;
import io.softpath.ledger.Era;
import io.softpath.ledger.EventLog;
import io.softpath.ledger.Ledger;
import io.softpath.ledger.MapMethod;
import io.softpath.ledger.MemoryKind;
import io.softpath.ledger.Pin;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One "hello, world" against a driver on a kernel: open, five kinds of memory mapped, touched,
 * written by the chip, perhaps a fork, unmapped; the process ends, the driver frees, and the book
 * is looked through.
 */
final class Session {
    /** Eager chunks are blocks of 8 pages. Source: ipath_file_ops.c, ipath_create_user_egr. */
    private static final int EAGER_ORDER = 3;

    private static final int HEADER_QUEUE_ORDER = 4;
    private static final int PIO_PAGES = 4;
    private static final int USER_PAGES = 4;
    private static final String STRANGER = "another process";

    private static final Set<VmFlag> MAIL_WINDOW =
            DriverMapping.of(DriverMapping.Driver.POSTED, RegionKind.UREGS).orElseThrow().set();

    private final Setup setup;
    private final Script script;
    private final Ledger ledger;
    private final AddressSpace hello;
    private final DriverFile file;
    private final List<Area> areas = new ArrayList<>();
    private final List<Block> written = new ArrayList<>();
    private final List<Pin> pins = new ArrayList<>();
    private AddressSpace child;
    private boolean refused;

    private Session(Era era, Setup setup, Script script, EventLog log) {
        this.setup = setup;
        this.script = script;
        ledger = new Ledger(era, log);
        hello = ledger.process("hello");
        file = ledger.open("the device file", !script.leavesReserved());
    }

    /** Runs one; what happened is in the log. */
    static void run(Era era, Setup setup, Script script, EventLog log) {
        Session session = new Session(era, setup, script, log);
        if (setup.blocks().memory() == MemoryKind.USER) {
            session.runUserMemory();
        } else {
            session.runDriverMemory();
        }
    }

    // The driver's memory.

    private void runDriverMemory() {
        Policy policy = setup.blocks();
        boolean device = policy.memory() == MemoryKind.DEVICE;
        Policy blocks = device ? Policy.RIGHT_ON_ALL : policy;
        List<Block> eager = allocate(blocks, "eager chunk", EAGER_ORDER);
        List<Block> headerQueue = allocate(blocks, "header queue", HEADER_QUEUE_ORDER);
        List<Block> avail = allocate(setup.avail(), "avail registers", 0);
        for (List<Block> each : List.of(eager, headerQueue)) {
            each.forEach(block -> ledger.own(file, block));
        }
        for (List<Block> each : List.of(eager, headerQueue, avail)) {
            written.addAll(each);
        }
        written.forEach(ledger::startDma);
        mapDevice("user registers", 1);
        mapDevice("PIO buffers", PIO_PAGES);
        map(blocks, "RCVEGRBUFS", eager);
        map(blocks, "RCVHDRQ", headerQueue);
        map(setup.avail(), "PIOAVAILREGS", avail);
        if (!refused) {
            use(eager.getFirst(), headerQueue.getFirst(), avail.getFirst());
        }
        end();
        // The chip does not know yet that the process is gone.
        Block stolen = ledger.reuse(STRANGER);
        for (Block block : written) {
            for (int page = 0; page < block.pages(); page++) {
                ledger.chipWrites(block, page);
            }
        }
        ledger.close(file);
        avail.forEach(this::unload);
        pins.forEach(ledger::unpin);
        if (stolen != null) {
            ledger.freeReused(stolen, "its owner");
        }
        ledger.audit();
    }

    private List<Block> allocate(Policy policy, String name, int order) {
        List<Block> blocks = new ArrayList<>();
        int pages = 1 << order;
        switch (policy.memory()) {
            case VMALLOC -> blocks.add(ledger.allocateEach(MemoryKind.VMALLOC, name, pages));
            case PAGES, SLAB -> {
                if (policy.multiPage()) {
                    blocks.add(ledger.allocate(policy.memory(), name, 0, order, policy.compound()));
                } else {
                    for (int page = 0; page < pages; page++) {
                        blocks.add(ledger.allocate(policy.memory(), name, page, 0, false));
                    }
                }
            }
            default -> throw new IllegalStateException("allocate: memory=" + policy.memory());
        }
        if (policy.reserved()) {
            blocks.forEach(ledger::setReserved);
        }
        return blocks;
    }

    private void mapDevice(String name, int pages) {
        areas.add(
                ledger.map(
                        hello,
                        AreaRequest.of(
                                name,
                                MapMethod.IO_REMAP,
                                false,
                                MAIL_WINDOW,
                                List.of(ledger.device(name, pages)),
                                file)));
    }

    private void map(Policy policy, String name, List<Block> blocks) {
        if (refused) {
            return;
        }
        Set<VmFlag> flags = EnumSet.copyOf(policy.flags());
        if (script.fork() != Script.Fork.NONE) {
            flags.remove(VmFlag.DONTCOPY);
        }
        Area area =
                ledger.map(
                        hello,
                        AreaRequest.of(
                                name, policy.method(), policy.getPage(), flags, blocks, file));
        if (area == null) {
            refused = true; // the program says so and ends
        } else {
            areas.add(area);
        }
    }

    private void use(Block eager, Block headerQueue, Block avail) {
        areas.forEach(this::touch);
        ledger.chipWrites(eager, 0);
        ledger.chipWrites(headerQueue, 0);
        ledger.chipWrites(avail, 0);
        if (script.fork() != Script.Fork.NONE) {
            child = ledger.fork(hello, "the child");
            child.areas().forEach(this::touch);
        }
        if (script.latePin()) {
            for (Area area : areas) {
                Pin pin = ledger.pin(area, area.pages() - 1, "direct I/O");
                if (pin != null) {
                    pins.add(pin);
                }
            }
        }
    }

    private void touch(Area area) {
        int page = 0;
        for (Block block : area.memory()) {
            for (int i = 0; i < block.pages(); i++, page++) {
                boolean wanted =
                        switch (script.touches()) {
                            case ALL -> true;
                            case FIRST -> page == 0;
                            case REST -> page != 0;
                        };
                if (wanted) {
                    ledger.touch(area, page, false);
                }
            }
        }
    }

    private void end() {
        if (script.fork() == Script.Fork.CHILD_FIRST && child != null) {
            ledger.exit(child);
        }
        for (Area area : areas) {
            int half = area.pages() / 2;
            switch (script.end()) {
                case MUNMAP -> ledger.munmap(area);
                case IN_PARTS -> {
                    ledger.munmap(area, half, area.pages() - half);
                    ledger.munmap(area, 0, half);
                }
                case EXIT -> {
                    // All at once, below.
                }
            }
        }
        ledger.exit(hello);
        if (script.fork() == Script.Fork.PARENT_FIRST && child != null) {
            ledger.exit(child);
        }
    }

    /** The driver is unloaded, and the unit's page with it. */
    private void unload(Block block) {
        ledger.stopDma(block);
        if (block.frame(0).reserved()) {
            ledger.clearReserved(block);
        }
        ledger.free(block);
    }

    // The user's own memory, pinned for the chip.

    private void runUserMemory() {
        Area buffer = ledger.map(hello, AreaRequest.anonymous("the user's buffer", USER_PAGES));
        for (int page = 0; page < USER_PAGES; page++) {
            boolean wanted =
                    switch (script.touches()) {
                        case ALL -> true;
                        case FIRST -> page == 0;
                        case REST -> page != 0;
                    };
            if (wanted) {
                ledger.touch(buffer, page, true);
            }
        }
        for (int page = 0; page < USER_PAGES; page++) {
            Pin pin = ledger.pin(buffer, page, "the driver");
            ledger.startDma(pin);
            pins.add(pin);
        }
        chipWritesToPins();
        if (script.fork() != Script.Fork.NONE) {
            child = ledger.fork(hello, "the child");
            for (int page = 0; page < USER_PAGES; page++) {
                ledger.touch(buffer, page, true);
            }
        }
        areas.add(buffer);
        end();
        chipWritesToPins();
        for (Pin pin : pins) {
            ledger.stopDma(pin);
            ledger.unpin(pin);
        }
        ledger.close(file);
        ledger.audit();
    }

    private void chipWritesToPins() {
        for (Pin pin : pins) {
            ledger.chipWrites(pin.frame().block(), pin.frame().index());
        }
    }
}
