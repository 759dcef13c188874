package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.UserPair;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * A process of the measurements of messages one way: {@code OneWayUser ROLE PEER DIRECTORY MS
 * KIND}. The source sends a stream of messages of each size, once to warm up; the sink says how
 * many have come.
 */
final class OneWayUser {
    static final String SOURCE = "source";
    static final String SINK = "sink";

    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    /** Times as long as is measured: two JVMs compile on the CPU of those that send. */
    private static final int WARM_UP = 3;

    /** The same before the first size: nothing is compiled yet. */
    private static final int COLD = 8;

    private final Transport transport;
    private final Peer peer;
    private final OneWay kind;

    private OneWayUser(Transport transport, Peer peer, OneWay kind) {
        this.transport = transport;
        this.peer = peer;
        this.kind = kind;
    }

    public static void main(String[] arguments) throws IOException {
        Peer peer = Peer.valueOf(arguments[1]);
        Path directory = Path.of(arguments[2]);
        long measuredNs = Long.parseLong(arguments[3]) * 1_000_000;
        OneWay kind = OneWay.valueOf(arguments[4]);
        boolean sink = arguments[0].equals(SINK);
        if (sink) {
            try (Transport transport = peer.serve(directory, kind.longest())) {
                if (UserPair.meet(SINK) != null) {
                    new OneWayUser(transport, peer, kind).sink();
                }
            }
        } else if (UserPair.meet(SOURCE) != null) {
            try (Transport transport = peer.connect(directory, kind.longest())) {
                new OneWayUser(transport, peer, kind).source(measuredNs);
            }
        }
    }

    private void sink() throws IOException {
        for (Size size : kind.sizes()) {
            Received received = new Received(size.bytes());
            do {
                received.begin();
                while (received.last() >= 0) {
                    transport.receive(received);
                }
                transport.send(received.count());
            } while (received.last() != Received.STOP);
        }
    }

    private void source(long measuredNs) throws IOException {
        for (Size size : kind.sizes()) {
            Message message = new Message(size.bytes());
            boolean cold = size == kind.sizes().getFirst();
            stream(size, message, cold ? COLD * measuredNs : 0, NOWHERE);
            stream(size, message, WARM_UP * measuredNs, NOWHERE);
            stream(size, message, measuredNs, System.out);
            end(message, Received.STOP, 0);
        }
    }

    /** The clock is read once a window: it takes longer than a short message. */
    private void stream(Size size, Message message, long durationNs, PrintStream out)
            throws IOException {
        long most = peer.mostMessages(size);
        long count = 0;
        long begin = System.nanoTime();
        do {
            for (int i = 0; i < size.window(); i++) {
                message.number(count++);
                transport.send(message);
            }
        } while (System.nanoTime() - begin < durationNs && count < most);
        end(message, Received.END, count);
        double perSecond = count * 1e9 / (System.nanoTime() - begin);
        String name = kind.name(peer.label(), size);
        Findings.print(out, name, kind.of(perSecond, size));
        Findings.print(out, name + Findings.COUNT, (double) count);
    }

    /** Sends the last message, and waits until the other says that all have come. */
    private void end(Message message, long number, long count) throws IOException {
        message.number(number);
        transport.send(message);
        long came = transport.receive();
        if (came != count) {
            throw new IllegalStateException("messages were lost: sent=" + count + " came=" + came);
        }
    }
}
