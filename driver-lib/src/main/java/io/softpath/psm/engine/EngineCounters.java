package io.softpath.psm.engine;

/** What an engine counts; the names in PSM's statistics where it has one. */
public final class EngineCounters {
    long messagesSent;
    long messagesReceived;
    long bytesSent;
    long bytesReceived;
    long unexpected;
    long duplicates;
    long outOfOrder;
    long wentBack;
    long questions;
    long strays;
    long malformed;
    long noMemory;
    long badChecksum;
    long activeSent;
    long activeReceived;
    long noHandler;
    long noReplyBuffer;
    long packetsSent;
    long noBuffer;
    long recordsSent;
    long recordsReceived;
    long windows;
    long gathers;
    long grantsAgain;

    public long messagesSent() {
        return messagesSent;
    }

    public long messagesReceived() {
        return messagesReceived;
    }

    public long bytesSent() {
        return bytesSent;
    }

    public long bytesReceived() {
        return bytesReceived;
    }

    /** Messages that came before a receive that takes them. */
    public long unexpected() {
        return unexpected;
    }

    /** Packets that had come already. */
    public long duplicates() {
        return duplicates;
    }

    /** Packets that came while one before them was missing. */
    public long outOfOrder() {
        return outOfOrder;
    }

    /** NAKs that were followed. In PSM's statistics: nak_recv. */
    public long wentBack() {
        return wentBack;
    }

    /** ERR_CHKs. In PSM's statistics: err_chk_send. */
    public long questions() {
        return questions;
    }

    /** Packets of somebody who is not connected. In PSM's statistics: stray packets. */
    public long strays() {
        return strays;
    }

    /** Packets of a connected peer that make no sense. */
    public long malformed() {
        return malformed;
    }

    /** Messages that were not accepted because too many unexpected ones wait. */
    public long noMemory() {
        return noMemory;
    }

    /** Active messages, requests and replies. */
    public long activeSent() {
        return activeSent;
    }

    /** Active messages whose handler was called. */
    public long activeReceived() {
        return activeReceived;
    }

    /** Active messages for a handler that is not registered. */
    public long noHandler() {
        return noHandler;
    }

    /**
     * Requests that were not taken because too many replies have not arrived. In PSM's statistics:
     * amreply no bufs.
     */
    public long noReplyBuffer() {
        return noReplyBuffer;
    }

    /** Packets whose checksum is wrong, or that have none though they should. */
    public long badChecksum() {
        return badChecksum;
    }

    /** Records that went to, or came from, processes of the same host through shared memory. */
    public long records() {
        return recordsSent + recordsReceived;
    }

    public long packetsSent() {
        return packetsSent;
    }

    /** Sends that found no buffer. In PSM's statistics: pio busy count. */
    public long noBuffer() {
        return noBuffer;
    }

    /** Windows whose bytes all came by TID. */
    public long windows() {
        return windows;
    }

    /** How often the chip was told to send part of a message out of pinned memory by itself. */
    public long gathers() {
        return gathers;
    }

    /** Grants of TIDs that were sent again. In PSM's statistics: tid_grant_resends. */
    public long grantsAgain() {
        return grantsAgain;
    }
}
