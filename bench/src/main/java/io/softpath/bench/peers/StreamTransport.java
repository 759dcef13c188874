package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.BenchFailure;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Messages through what carries bytes. Each is written by itself; of those that have come, as many
 * are read as have room. Sockets do not wait: who reads them asks again and again.
 */
final class StreamTransport implements Transport {
    private static final int LEAST_READ_BYTES = 1 << 16;

    private final ServerSocketChannel server;
    private final ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES);
    private final ByteBuffer read;
    private final UnsafeBuffer readable;
    private ReadableByteChannel in;
    private WritableByteChannel out;

    private StreamTransport(ServerSocketChannel server, Size size) {
        this.server = server;
        int whole = Math.max(1, LEAST_READ_BYTES / size.bytes()); // so that no message is cut
        read = ByteBuffer.allocateDirect(whole * size.bytes());
        readable = new UnsafeBuffer(read);
    }

    StreamTransport(ReadableByteChannel in, WritableByteChannel out, Size size) {
        this(null, size);
        this.in = in;
        this.out = out;
    }

    private static Transport of(SocketChannel channel, Size size) throws IOException {
        StreamTransport transport = new StreamTransport(null, size);
        transport.use(channel);
        return transport;
    }

    private void use(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        channel.configureBlocking(false);
        in = channel;
        out = channel;
    }

    /** A socket in the file system that somebody connects to. */
    static Transport serveUnix(Path directory, Size size) throws IOException {
        UnixDomainSocketAddress address = unixAddress(directory);
        return new StreamTransport(
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address), size);
    }

    static Transport connectUnix(Path directory, Size size) throws IOException {
        return of(SocketChannel.open(unixAddress(directory)), size);
    }

    private static UnixDomainSocketAddress unixAddress(Path directory) {
        return UnixDomainSocketAddress.of(directory.resolve("socket"));
    }

    /** A port of the loopback interface, which a file tells. */
    static Transport serveTcp(Path directory, Size size) throws IOException {
        ServerSocketChannel server =
                ServerSocketChannel.open()
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        Files.writeString(directory.resolve("port"), Integer.toString(port));
        return new StreamTransport(server, size);
    }

    static Transport connectTcp(Path directory, Size size) throws IOException {
        int port = Integer.parseInt(Files.readString(directory.resolve("port")));
        return of(
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                size);
    }

    @Override
    public void send(long sent) throws IOException {
        write(number.clear().putLong(sent).flip());
    }

    @Override
    public void send(Message message) throws IOException {
        write(message.bytes());
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (out.write(bytes) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public long receive() throws IOException {
        number.clear();
        while (number.hasRemaining()) {
            read(number);
        }
        return number.flip().getLong();
    }

    @Override
    public void receive(Received into) throws IOException {
        while (read.position() < into.length()) {
            read(read);
        }
        int at = 0;
        for (; read.position() - at >= into.length(); at += into.length()) {
            into.take(readable, at, into.length());
        }
        read.flip().position(at).compact();
    }

    /** Takes the other side in when the first bytes are awaited, if that is still to be done. */
    private void read(ByteBuffer bytes) throws IOException {
        if (in == null) {
            use(server.accept());
        }
        int count = in.read(bytes);
        if (count < 0) {
            throw new BenchFailure("the other process has ended");
        }
        if (count == 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        if (in != null) {
            in.close();
            out.close();
        }
    }
}
