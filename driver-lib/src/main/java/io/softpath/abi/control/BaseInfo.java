package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What USER_INIT answers: all that a user library has to know of its context. Little-endian, user
 * ABI 1.13. Source: qib_common.h, struct qib_base_info; the field names are those of its members
 * without the prefix.
 *
 * @param hwVersion revision register of the chip
 * @param swVersion version of the driver, see {@link AbiVersion}
 * @param context context
 * @param subcontext sub-context, 0 if not shared
 * @param mtu longest InfiniBand packet in bytes, not the MTU
 * @param piosize bytes of a 2K send buffer without the PBC
 * @param tidcnt expected TIDs of this caller
 * @param tidegrcnt eager buffers of the context
 * @param rcvhdrentSize dwords of a rcvhdrq entry
 * @param rcvhdrCnt entries of the rcvhdrq
 * @param runtimeFlags see {@link RuntimeFlags}
 * @param rcvhdrBase token of the rcvhdrq
 * @param rcvEgrbufs token of the eager buffers
 * @param rcvEgrbufsize bytes of an eager buffer
 * @param qpair destination QP of packets to this unit
 * @param uregbase token of the register page
 * @param tidMaxsize bytes that one TID can name
 * @param pioalign bytes from one send buffer to the next
 * @param pioindex chip-wide number of the first send buffer
 * @param piocnt send buffers
 * @param piobufbase token of the send buffers
 * @param pioavailaddr token of the avail page
 * @param status token of the avail page plus the offset of the port's status qword
 * @param ncontexts contexts that the chip is configured for
 * @param unit unit
 * @param port InfiniBand port, from 1
 * @param rcvEgrperchunk eager buffers in a chunk
 * @param rcvEgrchunksize bytes of a chunk
 * @param rcvEgrbuftotlen bytes of the eager area; map exactly this
 * @param rhfOffset dword of the RHF in an entry
 * @param rcvhdrTailaddr token of the tail page; 0 if the chip writes none
 * @param subctxtUregbase token of the register page array, shared contexts only
 * @param subctxtRcvegrbuf token of the eager area array, shared contexts only
 * @param subctxtRcvhdrBase token of the rcvhdrq array, shared contexts only
 * @param sendbufStatus token of the event page
 */
public record BaseInfo(
        int hwVersion,
        int swVersion,
        int context,
        int subcontext,
        int mtu,
        int piosize,
        int tidcnt,
        int tidegrcnt,
        int rcvhdrentSize,
        int rcvhdrCnt,
        int runtimeFlags,
        long rcvhdrBase,
        long rcvEgrbufs,
        int rcvEgrbufsize,
        int qpair,
        long uregbase,
        int tidMaxsize,
        int pioalign,
        int pioindex,
        int piocnt,
        long piobufbase,
        long pioavailaddr,
        long status,
        int ncontexts,
        int unit,
        int port,
        int rcvEgrperchunk,
        int rcvEgrchunksize,
        int rcvEgrbuftotlen,
        int rhfOffset,
        long rcvhdrTailaddr,
        long subctxtUregbase,
        long subctxtRcvegrbuf,
        long subctxtRcvhdrBase,
        long sendbufStatus) {
    public static final int BYTES = 176;

    static final int HW_VERSION = 0;
    static final int SW_VERSION = 4;
    static final int CONTEXT = 8;
    static final int SUBCONTEXT = 10;
    static final int MTU = 12;
    static final int PIOSIZE = 16;
    static final int TIDCNT = 20;
    static final int TIDEGRCNT = 24;
    static final int RCVHDRENT_SIZE = 28;
    static final int RCVHDR_CNT = 32;
    static final int RUNTIME_FLAGS = 36;
    static final int RCVHDR_BASE = 40;
    static final int RCV_EGRBUFS = 48;
    static final int RCV_EGRBUFSIZE = 56;
    static final int QPAIR = 60;
    static final int UREGBASE = 64;
    static final int TID_MAXSIZE = 72;
    static final int PIOALIGN = 76;
    static final int PIOINDEX = 80;
    static final int PIOCNT = 84;
    static final int PIOBUFBASE = 88;
    static final int PIOAVAILADDR = 96;
    static final int STATUS = 104;
    static final int NCONTEXTS = 112;
    static final int UNIT = 116;
    static final int PORT = 118;
    static final int RCV_EGRPERCHUNK = 120;
    static final int RCV_EGRCHUNKSIZE = 124;
    static final int RCV_EGRBUFTOTLEN = 128;
    static final int RHF_OFFSET = 132;
    static final int RCVHDR_TAILADDR = 136;
    static final int SUBCTXT_UREGBASE = 144;
    static final int SUBCTXT_RCVEGRBUF = 152;
    static final int SUBCTXT_RCVHDR_BASE = 160;
    static final int SENDBUF_STATUS = 168;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("hwVersion", HW_VERSION, 4, "revision register of the chip"),
                    new StructField(
                            "swVersion", SW_VERSION, 4, "version of the driver, see AbiVersion"),
                    new StructField("context", CONTEXT, 2, "context"),
                    new StructField("subcontext", SUBCONTEXT, 2, "sub-context, 0 if not shared"),
                    new StructField(
                            "mtu", MTU, 4, "longest InfiniBand packet in bytes, not the MTU"),
                    new StructField(
                            "piosize", PIOSIZE, 4, "bytes of a 2K send buffer without the PBC"),
                    new StructField("tidcnt", TIDCNT, 4, "expected TIDs of this caller"),
                    new StructField("tidegrcnt", TIDEGRCNT, 4, "eager buffers of the context"),
                    new StructField(
                            "rcvhdrentSize", RCVHDRENT_SIZE, 4, "dwords of a rcvhdrq entry"),
                    new StructField("rcvhdrCnt", RCVHDR_CNT, 4, "entries of the rcvhdrq"),
                    new StructField("runtimeFlags", RUNTIME_FLAGS, 4, "see RuntimeFlags"),
                    new StructField("rcvhdrBase", RCVHDR_BASE, 8, "token of the rcvhdrq"),
                    new StructField("rcvEgrbufs", RCV_EGRBUFS, 8, "token of the eager buffers"),
                    new StructField("rcvEgrbufsize", RCV_EGRBUFSIZE, 4, "bytes of an eager buffer"),
                    new StructField("qpair", QPAIR, 4, "destination QP of packets to this unit"),
                    new StructField("uregbase", UREGBASE, 8, "token of the register page"),
                    new StructField("tidMaxsize", TID_MAXSIZE, 4, "bytes that one TID can name"),
                    new StructField(
                            "pioalign", PIOALIGN, 4, "bytes from one send buffer to the next"),
                    new StructField(
                            "pioindex", PIOINDEX, 4, "chip-wide number of the first send buffer"),
                    new StructField("piocnt", PIOCNT, 4, "send buffers"),
                    new StructField("piobufbase", PIOBUFBASE, 8, "token of the send buffers"),
                    new StructField("pioavailaddr", PIOAVAILADDR, 8, "token of the avail page"),
                    new StructField(
                            "status",
                            STATUS,
                            8,
                            "token of the avail page plus the offset of the port's status qword"),
                    new StructField(
                            "ncontexts", NCONTEXTS, 4, "contexts that the chip is configured for"),
                    new StructField("unit", UNIT, 2, "unit"),
                    new StructField("port", PORT, 2, "InfiniBand port, from 1"),
                    new StructField(
                            "rcvEgrperchunk", RCV_EGRPERCHUNK, 4, "eager buffers in a chunk"),
                    new StructField("rcvEgrchunksize", RCV_EGRCHUNKSIZE, 4, "bytes of a chunk"),
                    new StructField(
                            "rcvEgrbuftotlen",
                            RCV_EGRBUFTOTLEN,
                            4,
                            "bytes of the eager area; map exactly this"),
                    new StructField("rhfOffset", RHF_OFFSET, 4, "dword of the RHF in an entry"),
                    new StructField(
                            "rcvhdrTailaddr",
                            RCVHDR_TAILADDR,
                            8,
                            "token of the tail page; 0 if the chip writes none"),
                    new StructField(
                            "subctxtUregbase",
                            SUBCTXT_UREGBASE,
                            8,
                            "token of the register page array, shared contexts only"),
                    new StructField(
                            "subctxtRcvegrbuf",
                            SUBCTXT_RCVEGRBUF,
                            8,
                            "token of the eager area array, shared contexts only"),
                    new StructField(
                            "subctxtRcvhdrBase",
                            SUBCTXT_RCVHDR_BASE,
                            8,
                            "token of the rcvhdrq array, shared contexts only"),
                    new StructField("sendbufStatus", SENDBUF_STATUS, 8, "token of the event page"));

    public BaseInfo {
        Structs.requireU16("BaseInfo", "context", context);
        Structs.requireU16("BaseInfo", "subcontext", subcontext);
        Structs.requireU16("BaseInfo", "unit", unit);
        Structs.requireU16("BaseInfo", "port", port);
    }

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + HW_VERSION, hwVersion);
        Structs.putU32(s, off + SW_VERSION, swVersion);
        Structs.putU16(s, off + CONTEXT, context);
        Structs.putU16(s, off + SUBCONTEXT, subcontext);
        Structs.putU32(s, off + MTU, mtu);
        Structs.putU32(s, off + PIOSIZE, piosize);
        Structs.putU32(s, off + TIDCNT, tidcnt);
        Structs.putU32(s, off + TIDEGRCNT, tidegrcnt);
        Structs.putU32(s, off + RCVHDRENT_SIZE, rcvhdrentSize);
        Structs.putU32(s, off + RCVHDR_CNT, rcvhdrCnt);
        Structs.putU32(s, off + RUNTIME_FLAGS, runtimeFlags);
        Structs.putU64(s, off + RCVHDR_BASE, rcvhdrBase);
        Structs.putU64(s, off + RCV_EGRBUFS, rcvEgrbufs);
        Structs.putU32(s, off + RCV_EGRBUFSIZE, rcvEgrbufsize);
        Structs.putU32(s, off + QPAIR, qpair);
        Structs.putU64(s, off + UREGBASE, uregbase);
        Structs.putU32(s, off + TID_MAXSIZE, tidMaxsize);
        Structs.putU32(s, off + PIOALIGN, pioalign);
        Structs.putU32(s, off + PIOINDEX, pioindex);
        Structs.putU32(s, off + PIOCNT, piocnt);
        Structs.putU64(s, off + PIOBUFBASE, piobufbase);
        Structs.putU64(s, off + PIOAVAILADDR, pioavailaddr);
        Structs.putU64(s, off + STATUS, status);
        Structs.putU32(s, off + NCONTEXTS, ncontexts);
        Structs.putU16(s, off + UNIT, unit);
        Structs.putU16(s, off + PORT, port);
        Structs.putU32(s, off + RCV_EGRPERCHUNK, rcvEgrperchunk);
        Structs.putU32(s, off + RCV_EGRCHUNKSIZE, rcvEgrchunksize);
        Structs.putU32(s, off + RCV_EGRBUFTOTLEN, rcvEgrbuftotlen);
        Structs.putU32(s, off + RHF_OFFSET, rhfOffset);
        Structs.putU64(s, off + RCVHDR_TAILADDR, rcvhdrTailaddr);
        Structs.putU64(s, off + SUBCTXT_UREGBASE, subctxtUregbase);
        Structs.putU64(s, off + SUBCTXT_RCVEGRBUF, subctxtRcvegrbuf);
        Structs.putU64(s, off + SUBCTXT_RCVHDR_BASE, subctxtRcvhdrBase);
        Structs.putU64(s, off + SENDBUF_STATUS, sendbufStatus);
    }

    /** Reads what {@link #write} wrote. */
    public static BaseInfo read(MemorySegment s, long off) {
        return new BaseInfo(
                Structs.u32(s, off + HW_VERSION),
                Structs.u32(s, off + SW_VERSION),
                Structs.u16(s, off + CONTEXT),
                Structs.u16(s, off + SUBCONTEXT),
                Structs.u32(s, off + MTU),
                Structs.u32(s, off + PIOSIZE),
                Structs.u32(s, off + TIDCNT),
                Structs.u32(s, off + TIDEGRCNT),
                Structs.u32(s, off + RCVHDRENT_SIZE),
                Structs.u32(s, off + RCVHDR_CNT),
                Structs.u32(s, off + RUNTIME_FLAGS),
                Structs.u64(s, off + RCVHDR_BASE),
                Structs.u64(s, off + RCV_EGRBUFS),
                Structs.u32(s, off + RCV_EGRBUFSIZE),
                Structs.u32(s, off + QPAIR),
                Structs.u64(s, off + UREGBASE),
                Structs.u32(s, off + TID_MAXSIZE),
                Structs.u32(s, off + PIOALIGN),
                Structs.u32(s, off + PIOINDEX),
                Structs.u32(s, off + PIOCNT),
                Structs.u64(s, off + PIOBUFBASE),
                Structs.u64(s, off + PIOAVAILADDR),
                Structs.u64(s, off + STATUS),
                Structs.u32(s, off + NCONTEXTS),
                Structs.u16(s, off + UNIT),
                Structs.u16(s, off + PORT),
                Structs.u32(s, off + RCV_EGRPERCHUNK),
                Structs.u32(s, off + RCV_EGRCHUNKSIZE),
                Structs.u32(s, off + RCV_EGRBUFTOTLEN),
                Structs.u32(s, off + RHF_OFFSET),
                Structs.u64(s, off + RCVHDR_TAILADDR),
                Structs.u64(s, off + SUBCTXT_UREGBASE),
                Structs.u64(s, off + SUBCTXT_RCVEGRBUF),
                Structs.u64(s, off + SUBCTXT_RCVHDR_BASE),
                Structs.u64(s, off + SENDBUF_STATUS));
    }

    /**
     * What a caller that shares no context must at least take: the last seven qwords may be
     * missing.
     */
    public static final int MIN_UNSHARED = BYTES - 56;

    /** The least that a client whose context is shared must have room for: all of it. */
    public static final int MIN_SHARED = BYTES;

    /**
     * Reads base info of which only the first {@code length} bytes were answered; the rest is taken
     * as 0.
     *
     * @throws IllegalArgumentException if the length is below {@link #MIN_UNSHARED}
     */
    public static BaseInfo read(MemorySegment s, long off, int length) {
        if (length < MIN_UNSHARED) {
            throw new IllegalArgumentException(
                    "base info too short: length="
                            + length
                            + " min="
                            + MIN_UNSHARED
                            + " full="
                            + BYTES);
        }
        MemorySegment whole = MemorySegment.ofArray(new byte[BYTES]);
        MemorySegment.copy(s, off, whole, 0, Math.min(length, BYTES));
        return read(whole, 0);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the fields by name; what is not given stays 0. */
    public static final class Builder {
        private int hwVersion;
        private int swVersion;
        private int context;
        private int subcontext;
        private int mtu;
        private int piosize;
        private int tidcnt;
        private int tidegrcnt;
        private int rcvhdrentSize;
        private int rcvhdrCnt;
        private int runtimeFlags;
        private long rcvhdrBase;
        private long rcvEgrbufs;
        private int rcvEgrbufsize;
        private int qpair;
        private long uregbase;
        private int tidMaxsize;
        private int pioalign;
        private int pioindex;
        private int piocnt;
        private long piobufbase;
        private long pioavailaddr;
        private long status;
        private int ncontexts;
        private int unit;
        private int port;
        private int rcvEgrperchunk;
        private int rcvEgrchunksize;
        private int rcvEgrbuftotlen;
        private int rhfOffset;
        private long rcvhdrTailaddr;
        private long subctxtUregbase;
        private long subctxtRcvegrbuf;
        private long subctxtRcvhdrBase;
        private long sendbufStatus;

        private Builder() {}

        public Builder hwVersion(int value) {
            hwVersion = value;
            return this;
        }

        public Builder swVersion(int value) {
            swVersion = value;
            return this;
        }

        public Builder context(int value) {
            context = value;
            return this;
        }

        public Builder subcontext(int value) {
            subcontext = value;
            return this;
        }

        public Builder mtu(int value) {
            mtu = value;
            return this;
        }

        public Builder piosize(int value) {
            piosize = value;
            return this;
        }

        public Builder tidcnt(int value) {
            tidcnt = value;
            return this;
        }

        public Builder tidegrcnt(int value) {
            tidegrcnt = value;
            return this;
        }

        public Builder rcvhdrentSize(int value) {
            rcvhdrentSize = value;
            return this;
        }

        public Builder rcvhdrCnt(int value) {
            rcvhdrCnt = value;
            return this;
        }

        public Builder runtimeFlags(int value) {
            runtimeFlags = value;
            return this;
        }

        public Builder rcvhdrBase(long value) {
            rcvhdrBase = value;
            return this;
        }

        public Builder rcvEgrbufs(long value) {
            rcvEgrbufs = value;
            return this;
        }

        public Builder rcvEgrbufsize(int value) {
            rcvEgrbufsize = value;
            return this;
        }

        public Builder qpair(int value) {
            qpair = value;
            return this;
        }

        public Builder uregbase(long value) {
            uregbase = value;
            return this;
        }

        public Builder tidMaxsize(int value) {
            tidMaxsize = value;
            return this;
        }

        public Builder pioalign(int value) {
            pioalign = value;
            return this;
        }

        public Builder pioindex(int value) {
            pioindex = value;
            return this;
        }

        public Builder piocnt(int value) {
            piocnt = value;
            return this;
        }

        public Builder piobufbase(long value) {
            piobufbase = value;
            return this;
        }

        public Builder pioavailaddr(long value) {
            pioavailaddr = value;
            return this;
        }

        public Builder status(long value) {
            status = value;
            return this;
        }

        public Builder ncontexts(int value) {
            ncontexts = value;
            return this;
        }

        public Builder unit(int value) {
            unit = value;
            return this;
        }

        public Builder port(int value) {
            port = value;
            return this;
        }

        public Builder rcvEgrperchunk(int value) {
            rcvEgrperchunk = value;
            return this;
        }

        public Builder rcvEgrchunksize(int value) {
            rcvEgrchunksize = value;
            return this;
        }

        public Builder rcvEgrbuftotlen(int value) {
            rcvEgrbuftotlen = value;
            return this;
        }

        public Builder rhfOffset(int value) {
            rhfOffset = value;
            return this;
        }

        public Builder rcvhdrTailaddr(long value) {
            rcvhdrTailaddr = value;
            return this;
        }

        public Builder subctxtUregbase(long value) {
            subctxtUregbase = value;
            return this;
        }

        public Builder subctxtRcvegrbuf(long value) {
            subctxtRcvegrbuf = value;
            return this;
        }

        public Builder subctxtRcvhdrBase(long value) {
            subctxtRcvhdrBase = value;
            return this;
        }

        public Builder sendbufStatus(long value) {
            sendbufStatus = value;
            return this;
        }

        public BaseInfo build() {
            return new BaseInfo(
                    hwVersion,
                    swVersion,
                    context,
                    subcontext,
                    mtu,
                    piosize,
                    tidcnt,
                    tidegrcnt,
                    rcvhdrentSize,
                    rcvhdrCnt,
                    runtimeFlags,
                    rcvhdrBase,
                    rcvEgrbufs,
                    rcvEgrbufsize,
                    qpair,
                    uregbase,
                    tidMaxsize,
                    pioalign,
                    pioindex,
                    piocnt,
                    piobufbase,
                    pioavailaddr,
                    status,
                    ncontexts,
                    unit,
                    port,
                    rcvEgrperchunk,
                    rcvEgrchunksize,
                    rcvEgrbuftotlen,
                    rhfOffset,
                    rcvhdrTailaddr,
                    subctxtUregbase,
                    subctxtRcvegrbuf,
                    subctxtRcvhdrBase,
                    sendbufStatus);
        }
    }
}
