package io.softpath.launch;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** A user process that brings itself into some state and stays there until it is killed. */
final class Victim {
    /** How many packets may be under way: fewer than a header queue holds. */
    private static final int WINDOW = 256;

    private static final Duration FOREVER = Duration.ofDays(1);

    /** Partition keys that nobody else in a test has. */
    static final int[] KEYS = {0x8101, 0x8102, 0x8103, 0x8104};

    private final Path directory;
    private final Ledger ledger;
    private final Address peer;

    private Victim(Path directory, Ledger ledger, Address peer) {
        this.directory = directory;
        this.ledger = ledger;
        this.peer = peer;
    }

    /** What it is doing when it is killed. */
    enum Phase {
        OPENED(false),
        ASSIGNED(true),
        INITIALISED(true),
        WITH_KEYS(true),
        HALF_WRITTEN(true),
        AWAITING(true),
        POLLING(true),
        SENDING(true),
        ANYTHING(true);

        private final boolean hasContext;

        Phase(boolean hasContext) {
            this.hasContext = hasContext;
        }

        boolean hasContext() {
            return hasContext;
        }
    }

    static Jvm start(ChildDaemon daemon, Phase phase, Path ledger, Address peer) {
        return Jvm.of(Victim.class)
                .arguments(
                        daemon.directory().toString(),
                        phase.name(),
                        ledger.toString(),
                        peer.toString())
                .start();
    }

    public static void main(String[] args) {
        Victim victim =
                new Victim(Path.of(args[0]), Ledger.open(Path.of(args[2])), Address.parse(args[3]));
        victim.live(Phase.valueOf(args[1]));
        while (true) {
            LockSupport.park();
        }
    }

    private void live(Phase phase) {
        switch (phase) {
            case OPENED -> {
                open();
                ready(-1);
            }
            case ASSIGNED -> {
                RawFile file = RawFile.open(directory, 0);
                file.assign().orFail();
                ready(file.contextInfo().contextInfo().context());
            }
            case INITIALISED -> ready(open().openContext());
            case WITH_KEYS -> {
                Context context = open().openContext();
                for (int key : KEYS) {
                    context.setPartitionKey(key);
                }
                ready(context);
            }
            case HALF_WRITTEN -> writeHalf();
            case AWAITING -> {
                Context context = open().openContext();
                ready(context);
                context.await(FOREVER);
            }
            case POLLING -> {
                Context context = open().openContext();
                ready(context);
                while (true) {
                    context.receive(packet -> {}, 16);
                }
            }
            case SENDING -> send();
            case ANYTHING -> doAnything();
        }
    }

    private Device open() {
        return Device.open(DeviceOptions.fromEnvironment().withDirectory(directory).withUnit(0));
    }

    private static void ready(Context context) {
        ready(context.address().context());
    }

    private static void ready(int context) {
        System.out.println("ready context=" + context);
    }

    /** Fills in half of each of its PIO buffers, PBC first as a real user does, and no trigger. */
    private void writeHalf() {
        RawFile file = RawFile.open(directory, 0);
        file.assign().orFail();
        BaseInfo info = file.userInit().baseInfo();
        long bytes = (long) info.piocnt() * info.pioalign();
        RawFile.Answer grant =
                file.map(
                                info.piobufbase(),
                                bytes,
                                ControlRecord.PROT_WRITE,
                                ControlRecord.MAP_SHARED)
                        .orFail();
        try (Fd fd = grant.fd()) {
            MemorySegment pio = MappedMemory.map(fd, 0, bytes, true, Arena.global()).segment();
            for (int buffer = 0; buffer < info.piocnt(); buffer++) {
                long at = (long) buffer * info.pioalign();
                Pbc.put(pio, at, Pbc.ofPayload(256));
                MessageHeader.putData0(pio, at + PioLayout.HEADER, buffer);
                pio.asSlice(at + PioLayout.PAYLOAD, 128).fill((byte) 0xA5);
            }
        }
        ready(info.context());
    }

    private void send() {
        Context context = open().openContext();
        Destination to = context.destination(peer);
        ready(context);
        for (long number = 0; ; number++) {
            sendOne(context, to, number);
        }
    }

    /** Returns when the library has said that the packet is sent, and the ledger knows. */
    private void sendOne(Context context, Destination to, long number) {
        while (number - ledger.get(Ledger.TAKEN) >= WINDOW
                || !Numbered.send(context, to, number).isSent()) {
            Thread.yield();
        }
        ledger.put(Ledger.SENT, number + 1);
    }

    private void doAnything() {
        SplittableRandom random = new SplittableRandom(ProcessHandle.current().pid());
        Device device = open();
        Context context = device.openContext();
        Destination to = context.destination(peer);
        Destination self = context.destination(context.address());
        ready(context);
        long number = 0;
        for (long step = 0; ; step++) {
            switch (random.nextInt(12)) {
                case 0 -> context.await(Duration.ofMillis(random.nextInt(3)));
                case 1 -> context.forceAvailUpdate();
                case 2 -> context.ackEvents(~0L);
                case 3 -> device.inspect().contexts(0);
                case 4 -> {
                    context.stopReceive();
                    context.startReceive();
                }
                case 5 -> context.send(self, 1, step, 0);
                case 6 -> context.receive(packet -> {}, 16);
                default -> sendOne(context, to, number++);
            }
            ledger.put(Ledger.STEPS, step + 1);
        }
    }
}
