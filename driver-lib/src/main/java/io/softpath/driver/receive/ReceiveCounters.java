package io.softpath.driver.receive;

import io.softpath.abi.packet.Rhf;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a receiver has seen, under the names of PSM's statistics. Written by the receiving thread;
 * other threads may read a value that is a little old.
 */
public final class ReceiveCounters {
    long packets;
    long bytes;
    long eagerFull;
    long eagerOverflows;
    long unknown;
    private long icrc;
    private long vcrc;
    private long parity;
    private long length;
    private long mtu;
    private long header;
    private long tid;
    private long key;
    private long ib;
    private long flowSequence;
    private long flowGeneration;

    void count(long errors) {
        icrc += bit(errors, Rhf.ICRCERR);
        vcrc += bit(errors, Rhf.VCRCERR);
        parity += bit(errors, Rhf.PARITYERR);
        length += bit(errors, Rhf.LENERR);
        mtu += bit(errors, Rhf.MTUERR);
        header += bit(errors, Rhf.KHDRERR);
        tid += bit(errors, Rhf.TIDERR);
        key += bit(errors, Rhf.MKERR);
        ib += bit(errors, Rhf.IBERR);
        flowSequence += bit(errors, Rhf.TFSEQERR);
        flowGeneration += bit(errors, Rhf.TFGENERR);
    }

    private static int bit(long errors, long mask) {
        return (errors & mask) != 0 ? 1 : 0;
    }

    /** Packets handed to the handler without errors. */
    public long packets() {
        return packets;
    }

    /** Payload bytes of {@link #packets}: of expected data only what came with a header entry. */
    public long bytes() {
        return bytes;
    }

    /** All counters by name, in PSM's order; the last two are softpath's. */
    public Map<String, Long> byName() {
        Map<String, Long> named = new LinkedHashMap<>();
        named.put("rcvhdr overflows", eagerFull);
        named.put("rcveager overflows", eagerOverflows);
        named.put("unknown packets", unknown);
        named.put("Invariant CRC error", icrc);
        named.put("Variant CRC error", vcrc);
        named.put("ECC error", parity);
        named.put("IB Len error", length);
        named.put("IB MTU error", mtu);
        named.put("KDETH error", header);
        named.put("TID error", tid);
        named.put("MK error", key);
        named.put("IB error", ib);
        named.put("TID flow sequence error", flowSequence);
        named.put("TID flow generation error", flowGeneration);
        return named;
    }
}
