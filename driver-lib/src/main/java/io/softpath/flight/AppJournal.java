package io.softpath.flight;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a program says about its messages, for somebody who judges afterwards whether each was
 * delivered once, whole and in order. Each method returns when its event is in the file, so what
 * was said is there after a SIGKILL; nothing is ever dropped. One thread.
 *
 * <p>Say {@link #send} before the message is handed over, and {@link #acked} and {@link #delivered}
 * after it was: then a kill at any point leaves a history that errs on the safe side.
 */
public final class AppJournal implements AutoCloseable {
    private final JournalWriter journal;

    private AppJournal(JournalWriter journal) {
        this.journal = journal;
    }

    /**
     * Begins a history in a new directory below {@code root}; it keeps everything.
     *
     * @see JournalWriter#open
     */
    public static AppJournal open(Path root, String name) {
        return new AppJournal(JournalWriter.open(root, name, JournalOptions.KEEP_ALL));
    }

    /** The directory of this history. */
    public Path directory() {
        return journal.directory();
    }

    /** The message will be sent now. */
    public void send(MessageId id, long length, long checksum) {
        append(FlightKind.APP_SEND, id, length, checksum, "");
    }

    /** The sender was told that the message is complete. */
    public void acked(MessageId id, long length, long checksum) {
        append(FlightKind.APP_ACKED, id, length, checksum, "");
    }

    /**
     * The sender was told that the message failed.
     *
     * @param errno 0 if the error has none
     * @param error its name
     */
    public void failed(MessageId id, int errno, String error) {
        append(FlightKind.APP_FAILED, id, errno, 0, error);
    }

    /**
     * The receiver has the message.
     *
     * @param id as it stands in the message itself
     * @param checksum of what was received
     */
    public void delivered(MessageId id, long length, long checksum) {
        append(FlightKind.APP_DELIVERED, id, length, checksum, "");
    }

    /** A receive that may become this message was posted. */
    public void posted(MessageId id, long length) {
        append(FlightKind.APP_POSTED, id, length, 0, "");
    }

    /** Anything else, with up to four numbers of the program's own. */
    public void note(String text, long a, long b, long c, long d) {
        journal.append(FlightKind.APP_NOTE, a, b, c, d, 0, 0, text);
    }

    private void append(FlightKind kind, MessageId id, long e, long f, String text) {
        journal.append(
                kind,
                EventLayout.NONE,
                EventLayout.NONE,
                EventLayout.NONE,
                id.sender(),
                id.incarnation(),
                id.receiver(),
                id.sequence(),
                e,
                f,
                text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        journal.close();
    }
}
