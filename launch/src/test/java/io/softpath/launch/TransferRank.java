package io.softpath.launch;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.ContextOptions;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.expected.ExpectedSender;
import io.softpath.driver.expected.ExpectedWindow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * One end of expected transfers that never stop: the receiver opens one window of {@link Marked}
 * memory after the other, of any size at any place, and the sender fills them.
 *
 * <p>It does what is written to its standard input, a line for each order, and answers with a line:
 *
 * <pre>
 *  open                          opened ADDRESS START of its memory, in hexadecimal
 *  peer ADDRESS SENDER           working: with that peer; SENDER is the number of the one that sends
 *  rest                          resting: with nobody, and everything that it sent has left
 * </pre>
 *
 * In the {@link Ledger}, {@link Ledger#STEPS} counts windows begun and {@link Ledger#GOOD} those
 * that were filled.
 */
final class TransferRank {
    private static final int GRANT = 0x51;
    private static final int NAK = 0x52;
    private static final int LOOKS = 64;

    /** After so long without a packet the peer may have nothing more to send. */
    private static final Duration SILENCE = Duration.ofMillis(100);

    /** An order is looked for so often at least. */
    private static final Duration NAP = Duration.ofMillis(1);

    private final Ledger ledger;
    private final SplittableRandom random;
    private final Context context;
    private final PinnedRegion memory;
    private final MemorySegment grant = Arena.global().allocate(2048, Long.BYTES);
    private boolean granted; // something to send, since the last order
    private volatile Order order = new Order(0, null, 0);

    /**
     * An order.
     *
     * @param number which of them it is
     * @param peer whom to work with; null: nobody
     * @param sender number of the one that sends
     */
    private record Order(int number, Address peer, long sender) {}

    private TransferRank(Ledger ledger, SplittableRandom random, Context context) {
        this.ledger = ledger;
        this.random = random;
        this.context = context;
        memory = context.pin(Marked.BYTES);
    }

    /** How one is started that does nothing yet but loading its code. */
    static Jvm.Builder jvm(
            ChildDaemon daemon, boolean sends, boolean gather, Path ledger, long seed) {
        return Jvm.of(TransferRank.class)
                .arguments(
                        daemon.directory().toString(),
                        Boolean.toString(sends),
                        Boolean.toString(gather),
                        ledger.toString(),
                        Long.toString(seed));
    }

    public static void main(String[] args) throws IOException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        boolean sends = Boolean.parseBoolean(args[1]);
        Ledger ledger = Ledger.open(Path.of(args[3]));
        if (orders.readLine() == null) {
            return; // the test needs it no more
        }
        DeviceOptions unit =
                DeviceOptions.fromEnvironment().withDirectory(Path.of(args[0])).withUnit(0);
        try (Device device = Device.open(unit);
                Context context =
                        device.openContext(
                                ContextOptions.defaults()
                                        .withGather(Boolean.parseBoolean(args[2])))) {
            SplittableRandom random = new SplittableRandom(Long.parseLong(args[4]));
            TransferRank rank = new TransferRank(ledger, random, context);
            Marked.fillWithCanaries(rank.memory.segment());
            System.out.printf("opened %s %x%n", context.address(), rank.memory.segment().address());
            Thread.ofPlatform().daemon().start(() -> rank.listen(orders));
            while (true) {
                Order now = rank.order;
                if (now.peer() == null) {
                    rank.rest();
                    System.out.println("resting");
                } else if (sends) {
                    Marked.fill(rank.memory.segment(), now.sender());
                    System.out.println("working");
                    rank.send(now);
                } else {
                    System.out.println("working");
                    rank.receive(now);
                }
                while (now.equals(rank.order)) {
                    rank.context.receive(TransferRank::drop, LOOKS, NAP);
                }
            }
        }
    }

    private void listen(BufferedReader orders) {
        try {
            String line = orders.readLine();
            for (int number = 1; line != null; number++) {
                String[] words = line.split(" ", -1);
                order =
                        words[0].equals("peer")
                                ? new Order(
                                        number, Address.parse(words[1]), Long.parseLong(words[2]))
                                : new Order(number, null, 0);
                line = orders.readLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().halt(0); // the test has ended
    }

    private static void drop(ReceivedPacket packet) {
        // Somebody's who is no more.
    }

    /** Returns when no send buffer is busy any more: as many packets as there are can be sent. */
    private void rest() {
        Destination self = context.destination(context.address());
        for (int i = 0; i < context.baseInfo().piocnt(); i++) {
            while (!context.send(self, GRANT, 0, 0).isSent()) {
                context.receive(TransferRank::drop, LOOKS);
            }
        }
    }

    private void receive(Order now) {
        Destination peer = context.destination(now.peer());
        PacketHandler handler = context.expected().handler(TransferRank::drop);
        while (now.equals(order)) {
            long begin = Marked.FROM + 8L * random.nextInt((Marked.TO - Marked.FROM) / 8);
            int most = (int) Math.min(Marked.TO - begin, context.expected().maxWindowBytes());
            int length = 8 * (1 + random.nextInt(most / 8));
            try (ExpectedWindow window = context.expected().open(memory, begin, length)) {
                int bytes = window.grant(grant, 0, begin);
                ledger.put(Ledger.STEPS, ledger.get(Ledger.STEPS) + 1);
                sayUntilSent(now, () -> context.send(peer, GRANT, 0, 0, grant, 0, bytes).isSent());
                boolean silent = false;
                while (!window.isComplete()
                        && now.equals(order)
                        && !(silent && unanswered(window))) {
                    silent = context.receive(handler, LOOKS, SILENCE) == 0;
                    if (!window.isComplete() && (silent || window.needsRestart())) {
                        long point = window.restart();
                        sayUntilSent(
                                now,
                                () -> context.send(peer, NAK, window.descriptor(), point).isSent());
                    }
                }
                if (window.isComplete()) {
                    Marked.check(memory.segment(), now.sender(), begin, begin + length);
                    ledger.put(Ledger.GOOD, ledger.get(Ledger.GOOD) + 1);
                }
            }
        }
    }

    /** The grant may be lost: better a new window. */
    private static boolean unanswered(ExpectedWindow window) {
        return window.received() == 0;
    }

    private void sayUntilSent(Order now, BooleanSupplier send) {
        while (!send.getAsBoolean() && now.equals(order)) {
            Thread.yield();
        }
    }

    private void send(Order now) {
        ExpectedSender sender = context.expected().sender(context.destination(now.peer()));
        PacketHandler handler = packet -> obey(packet, now, sender);
        granted = false;
        while (now.equals(order)) {
            boolean idle = !granted || sender.isDone();
            context.receive(handler, LOOKS, idle ? NAP : Duration.ZERO);
            if (granted && !sender.isDone()) {
                sender.send();
            }
        }
    }

    private void obey(ReceivedPacket packet, Order now, ExpectedSender sender) {
        if (!packet.source().equals(now.peer())) {
            return;
        }
        switch (packet.subOpcode()) {
            case GRANT -> {
                sender.begin(packet, memory, 0, Marked.BYTES);
                ledger.put(Ledger.STEPS, ledger.get(Ledger.STEPS) + 1);
                granted = true;
            }
            case NAK -> sender.resume(packet.data0(), packet.data1());
            default -> throw new AssertionError("unexpected " + packet);
        }
    }
}
