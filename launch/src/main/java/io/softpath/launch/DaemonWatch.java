package io.softpath.launch;

import io.softpath.linux.EventFd;
import io.softpath.linux.Poll;
import io.softpath.linux.PollEvents;
import io.softpath.linux.SeqPacketSocket;

/**
 * Hears when a daemon that somebody else started is gone: a connection to it that says nothing and
 * ends with it, however it ends.
 */
final class DaemonWatch implements AutoCloseable {
    private final String who;
    private final SeqPacketSocket connection;
    private final EventFd closing;
    private final Poll poll;
    private Thread thread;

    /**
     * @throws io.softpath.error.SoftpathException if no daemon serves there
     */
    DaemonWatch(RunDir directory) {
        connection = SeqPacketSocket.connect(directory.anyUnit());
        closing = EventFd.create("softpath:daemon-watch");
        who = "the daemon (pid " + connection.peer().pid() + ") of " + directory.path();
        poll =
                Poll.of(connection.fd(), closing.fd())
                        .events(0, PollEvents.RDHUP)
                        .events(1, PollEvents.IN);
    }

    /** Runs this, once, on a thread of its own, when the daemon is gone. */
    void onEnd(Runnable action) {
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("softpath-daemon-watch")
                        .start(() -> {
                            while (poll.ready(0) == 0 && poll.ready(1) == 0) {
                                poll.await(-1);
                            }
                            if (poll.ready(0) != 0) {
                                action.run();
                            }
                        });
    }

    String describeEnd() {
        return who + " is gone";
    }

    @Override
    public void close() {
        closing.signal();
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        connection.close();
        closing.close();
    }
}
