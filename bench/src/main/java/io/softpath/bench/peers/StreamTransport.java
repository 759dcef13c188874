package io.softpath.bench.peers;

import io.softpath.bench.process.BenchFailure;

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

/** Numbers through what carries bytes. Sockets do not wait: who reads them asks again and again. */
final class StreamTransport implements Transport {
    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Long.BYTES);

    StreamTransport(ReadableByteChannel in, WritableByteChannel out) {
        this.in = in;
        this.out = out;
    }

    private static StreamTransport of(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        channel.configureBlocking(false);
        return new StreamTransport(channel, channel);
    }

    /** A socket in the file system that somebody connects to. */
    static Transport serveUnix(Path directory) throws IOException {
        UnixDomainSocketAddress address = unixAddress(directory);
        return new Accepting(ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address));
    }

    static Transport connectUnix(Path directory) throws IOException {
        return of(SocketChannel.open(unixAddress(directory)));
    }

    private static UnixDomainSocketAddress unixAddress(Path directory) {
        return UnixDomainSocketAddress.of(directory.resolve("socket"));
    }

    /** A port of the loopback interface, which a file tells. */
    static Transport serveTcp(Path directory) throws IOException {
        ServerSocketChannel server =
                ServerSocketChannel.open()
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        Files.writeString(directory.resolve("port"), Integer.toString(port));
        return new Accepting(server);
    }

    static Transport connectTcp(Path directory) throws IOException {
        int port = Integer.parseInt(Files.readString(directory.resolve("port")));
        return of(
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    @Override
    public void send(long number) throws IOException {
        buffer.clear().putLong(number).flip();
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    @Override
    public long receive() throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            int bytes = in.read(buffer);
            if (bytes < 0) {
                throw new BenchFailure("the other process has ended");
            }
            if (bytes == 0) {
                Thread.onSpinWait();
            }
        }
        return buffer.flip().getLong();
    }

    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }

    /** Takes the other side in when the first number is awaited. */
    private static final class Accepting implements Transport {
        private final ServerSocketChannel server;
        private StreamTransport accepted;

        Accepting(ServerSocketChannel server) {
            this.server = server;
        }

        @Override
        public void send(long number) throws IOException {
            accepted.send(number);
        }

        @Override
        public long receive() throws IOException {
            if (accepted == null) {
                accepted = of(server.accept());
            }
            return accepted.receive();
        }

        @Override
        public void close() throws IOException {
            server.close();
            if (accepted != null) {
                accepted.close();
            }
        }
    }
}
