package io.softpath.driver.control;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.Access;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.Fd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The calls that a user makes on an open device file: {@code write} with each command, {@code
 * mmap}, {@code poll}. Any thread may make them. Source: ipath_common.h, IPATH_CMD_*;
 * qib_file_ops.c, qib_write.
 */
public final class DeviceFile {
    /**
     * ACK_EVENT may wait 30 s for the link; a little more is no stopped daemon. Source:
     * qib_file_ops.c, disarm_req_delay.
     */
    private static final long ACK_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(40);

    private static final int MAX_LIST_BYTES = 2048;

    /**
     * Where write(2) would store TIDs and bitmap. The driver wants addresses of this process; here
     * the reply brings what it would store there.
     */
    private static final MemorySegment TID_OUTPUT =
            Arena.global().allocate(MAX_LIST_BYTES + TidInfo.BITMAP_BYTES, Long.BYTES);

    private static final int WRITE_BYTES = ControlRecord.WRITE_COMMAND + CommandRecord.BYTES;
    private static final int MAP_BITS = TidInfo.BITMAP_BYTES * Byte.SIZE;

    private final ControlChannel channel;
    private ControlChannel.Posted postedUpdate; // guarded by this
    private ControlChannel.Posted postedAck; // guarded by this

    public DeviceFile(ControlChannel channel) {
        this.channel = channel;
    }

    /**
     * A region that the daemon let this user map.
     *
     * @param fd the file behind it, the caller's to close
     * @param fileBytes how long the file is
     */
    public record Grant(Fd fd, long fileBytes, RegionKind kind, Access access) {}

    /**
     * Memory that the chip can reach.
     *
     * @param handle what the driver calls it
     * @param fd the file, the caller's to close
     * @param fileBytes how long the file is: whole pages
     */
    public record Memory(int handle, Fd fd, long fileBytes) {}

    /**
     * What poll answered.
     *
     * @param revents 0: armed, an interrupt follows
     * @param interruptsSeen for {@link #awaitInterrupt}
     */
    public record PollAnswer(int revents, long interruptsSeen) {
        public boolean ready() {
            return (revents & ControlRecord.POLL_READY) != 0;
        }
    }

    /**
     * Asks for softpath's extensions; returns those that were granted. Only before {@link #assign}.
     */
    public int features(int wanted) {
        MemorySegment request = ControlChannel.record(ControlRecord.FEATURES_BYTES);
        ControlRecord.features(request, 0, wanted);
        return channel.call(request).result();
    }

    /** ASSIGN_CONTEXT: choose a unit and a context. */
    public void assign(UserInfo user) {
        MemorySegment request = command(Command.ASSIGN_CONTEXT);
        user.write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        channel.call(request);
    }

    /** CTXT_INFO: which context this is. */
    public ContextInfo contextInfo() {
        Reply reply = channel.call(command(Command.CTXT_INFO));
        check(reply, Command.CTXT_INFO, ContextInfo.BYTES);
        return ContextInfo.read(reply.payload(), 0);
    }

    /** USER_INIT: allocate and enable the context. */
    public BaseInfo userInit(UserInfo user) {
        MemorySegment request = command(Command.USER_INIT);
        user.write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        Reply reply = channel.call(request);
        check(reply, Command.USER_INIT, BaseInfo.MIN_UNSHARED);
        return BaseInfo.read(reply.payload(), 0, (int) reply.payload().byteSize());
    }

    /** RECV_CTRL: stop or start reception. */
    public void receiveControl(boolean on) {
        MemorySegment request = command(Command.RECV_CTRL);
        CommandRecord.putU32(request, ControlRecord.WRITE_COMMAND, on ? 1 : 0);
        channel.call(request);
    }

    /** SET_PART_KEY: take a partition key. */
    public void setPartitionKey(int pkey) {
        MemorySegment request = command(Command.SET_PART_KEY);
        CommandRecord.putU16(request, ControlRecord.WRITE_COMMAND, pkey);
        channel.call(request);
    }

    /** POLL_TYPE: what wakes. */
    public void pollType(int type) {
        MemorySegment request = command(Command.POLL_TYPE);
        CommandRecord.putU16(request, ControlRecord.WRITE_COMMAND, type);
        channel.call(request);
    }

    /** ARMLAUNCH_CTRL: report armlaunch errors, or not. */
    public void armlaunchControl(boolean report) {
        MemorySegment request = command(Command.ARMLAUNCH_CTRL);
        CommandRecord.putU32(request, ControlRecord.WRITE_COMMAND, report ? 1 : 0);
        channel.call(request);
    }

    /** PIOAVAILUPD: write the avail page now. */
    public void updateAvail() {
        channel.call(command(Command.PIOAVAILUPD));
    }

    /** ACK_EVENT. Waits up to 30 s for a link that is down, as the driver does. */
    public void acknowledge(long events) {
        channel.call(acknowledgement(events), ACK_TIMEOUT_NS);
    }

    /**
     * As {@link #updateAvail}, without waiting for it to happen; nothing if one is still under way.
     */
    public synchronized void postUpdateAvail() {
        if (settled(postedUpdate)) {
            postedUpdate = channel.post(command(Command.PIOAVAILUPD));
        }
    }

    /**
     * As {@link #acknowledge}, without waiting for it to happen; nothing if one is still under way.
     */
    public synchronized void postAcknowledge(long events) {
        if (settled(postedAck)) {
            postedAck = channel.post(acknowledgement(events));
        }
    }

    /**
     * Asks for the region at this token.
     *
     * @throws SoftpathException.Exhausted EMFILE if this process can have no more descriptors
     */
    public Grant map(long token, long length, int protection, int flags) {
        MemorySegment request = ControlChannel.record(ControlRecord.MMAP_BYTES);
        ControlRecord.mmap(request, 0, token, length, protection, flags);
        Reply reply = channel.call(request);
        Fd fd = reply.descriptor("mmap: token=" + token);
        try {
            MemorySegment payload = reply.payload();
            long body = ControlRecord.REPLY_PAYLOAD;
            if (payload.byteSize() < ControlRecord.MMAP_REPLY_BYTES - body) {
                throw protocol("mmap: payloadBytes=" + payload.byteSize());
            }
            int kind = ControlRecord.u32(payload, ControlRecord.MMAP_REPLY_KIND - body);
            int access = ControlRecord.u32(payload, ControlRecord.MMAP_REPLY_ACCESS - body);
            Access[] accesses = Access.values();
            if (RegionKind.of(kind) == null || access < 0 || access >= accesses.length) {
                throw protocol("mmap: kind=" + kind + " access=" + access + " are unknown");
            }
            return new Grant(
                    fd,
                    ControlRecord.u64(payload, ControlRecord.MMAP_REPLY_FILE_BYTES - body),
                    RegionKind.of(kind),
                    accesses[access]);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * MEM_CREATE: makes memory that the chip can reach, charged to this process.
     *
     * @throws SoftpathException.Exhausted ENOMEM if the limit of locked memory is too low for it,
     *     EMFILE if this process can have no more descriptors; nothing is left behind
     */
    public Memory memCreate(long bytes, boolean shareable) {
        MemorySegment request = ControlChannel.record(ControlRecord.MEM_CREATE_BYTES_WITH_FLAGS);
        ControlRecord.memCreate(request, 0, bytes, shareable ? ControlRecord.MEM_SHAREABLE : 0);
        Reply reply = channel.call(request);
        if (reply.fd().isEmpty()) {
            memFree(reply.result()); // the daemon does not know that it did not arrive
        }
        Fd fd = reply.descriptor("memory: bytes=" + bytes);
        long body = ControlRecord.REPLY_PAYLOAD;
        if (reply.payload().byteSize() < ControlRecord.MEM_REPLY_BYTES - body) {
            fd.close();
            throw protocol("memory: payloadBytes=" + reply.payload().byteSize());
        }
        return new Memory(
                reply.result(),
                fd,
                ControlRecord.u64(reply.payload(), ControlRecord.MEM_REPLY_FILE_BYTES - body));
    }

    /**
     * What DIRECT_OPEN answers.
     *
     * @param side which of the two we are
     * @param fd the caller's to close
     */
    public record Direct(int side, Fd fd, long fileBytes) {}

    /**
     * DIRECT_OPEN: memory to share with whoever has that context.
     *
     * @throws SoftpathException.Refused ENXIO: nobody has it, or it is another daemon's; EINVAL: it
     *     is our own, or the daemon does not know this request
     * @throws SoftpathException.Exhausted EBUSY: too many wait for their peers; EMFILE, ENFILE
     */
    public Direct directOpen(int lid, int context, int subcontext) {
        MemorySegment request = ControlChannel.record(ControlRecord.DIRECT_OPEN_BYTES);
        ControlRecord.directOpen(request, 0, lid, context, subcontext);
        Reply reply = channel.call(request);
        Fd fd = reply.descriptor("direct memory: lid=" + lid + " context=" + context);
        return new Direct(reply.result(), fd, directBytes(reply, fd));
    }

    /** DIRECT_GRANT: whoever has that context may read memory of ours. */
    public void directGrant(int lid, int context, int subcontext, int handle) {
        MemorySegment request = ControlChannel.record(ControlRecord.DIRECT_GRANT_BYTES);
        ControlRecord.directGrant(request, 0, lid, context, subcontext, handle);
        channel.call(request);
    }

    /**
     * DIRECT_MAP: memory of whoever has that context, to read; the side is 0.
     *
     * @throws SoftpathException.Refused EPERM: it has no such memory, or does not let us
     */
    public Direct directMap(int lid, int context, int subcontext, int handle) {
        MemorySegment request = ControlChannel.record(ControlRecord.DIRECT_MAP_BYTES);
        ControlRecord.directMap(request, 0, lid, context, subcontext, handle);
        Reply reply = channel.call(request);
        Fd fd = reply.descriptor("memory of a peer: lid=" + lid + " handle=" + handle);
        return new Direct(0, fd, directBytes(reply, fd));
    }

    private static long directBytes(Reply reply, Fd fd) {
        long body = ControlRecord.REPLY_PAYLOAD;
        if (reply.payload().byteSize() < ControlRecord.DIRECT_REPLY_BYTES - body) {
            fd.close();
            throw protocol("direct: payloadBytes=" + reply.payload().byteSize());
        }
        return ControlRecord.u64(reply.payload(), ControlRecord.DIRECT_REPLY_FILE_BYTES - body);
    }

    /** MEM_BIND: this memory is what this process has at that address. */
    public void memBind(int handle, long address) {
        MemorySegment request = ControlChannel.record(ControlRecord.MEM_BIND_BYTES);
        ControlRecord.memBind(request, 0, handle, address);
        channel.call(request);
    }

    /** MEM_FREE: this process needs it no more. The driver keeps pages that a TID points at. */
    public void memFree(int handle) {
        MemorySegment request = ControlChannel.record(ControlRecord.MEM_FREE_BYTES);
        ControlRecord.memFree(request, 0, handle);
        channel.call(request);
    }

    /**
     * TID_UPDATE: pins so many pages from this address on, all or none, and has the chip write to
     * them.
     *
     * @return the TID of each page; fewer than asked for if {@code pages} is more than the context
     *     has TIDs
     * @throws SoftpathException.Refused EFAULT if the address is not the process's
     * @throws SoftpathException.Exhausted ENOMEM if there are too few TIDs, or the limit of locked
     *     memory is too low
     */
    public int[] tidUpdate(long address, int pages) {
        MemorySegment request = command(Command.TID_UPDATE);
        long list = TID_OUTPUT.address();
        new TidInfo(pages, address, list, list + MAX_LIST_BYTES)
                .write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        Reply reply = channel.call(request);
        Faults.at(FaultPoint.TID_GIVEN);
        check(reply, Command.TID_UPDATE, TidInfo.BITMAP_BYTES);
        MemorySegment payload = reply.payload();
        int count = (int) (payload.byteSize() - TidInfo.BITMAP_BYTES) / Short.BYTES;
        BitSet map =
                BitSet.valueOf(
                        payload.asSlice(0, TidInfo.BITMAP_BYTES).toArray(ValueLayout.JAVA_BYTE));
        int[] tids = new int[count];
        BitSet listed = new BitSet(MAP_BITS);
        for (int i = 0; i < count; i++) {
            tids[i] = ControlRecord.u16(payload, TidInfo.BITMAP_BYTES + (long) i * Short.BYTES);
            listed.set(tids[i]);
        }
        if (count > pages || listed.cardinality() != count || !listed.equals(map)) {
            throw protocol("TID_UPDATE: pages=" + pages + " list=" + listed + " map=" + map);
        }
        return tids;
    }

    /**
     * TID_FREE and behind it {@link #tidUpdate}, in little more than the time of one: the daemon
     * carries out requests in order, so the second does not wait for the answer to the first. When
     * this returns or throws, both are answered or the daemon is gone.
     *
     * @param freed TIDs to free first
     * @throws SoftpathException as {@link #tidUpdate}, after which {@code freed} are free; or why
     *     they could not be freed, after which nothing is taken
     */
    public int[] tidReplace(int[] freed, long address, int pages) {
        MemorySegment request = freeRequest(freed);
        ControlChannel.Posted free = channel.post(request);
        if (free == null) { // there is no room in the socket now
            channel.call(request);
            return tidUpdate(address, pages);
        }
        int[] given;
        try {
            Faults.at(FaultPoint.TID_REPLACING);
            given = tidUpdate(address, pages);
        } catch (SoftpathException e) {
            channel.refusal(free)
                    .ifPresent(why -> {
                        why.addSuppressed(e);
                        throw why;
                    });
            throw e;
        }
        SoftpathException why =
                free.done()
                        ? channel.refusal(free).orElse(null)
                        : protocol("TID_FREE is not answered, TID_UPDATE behind it is");
        if (why != null) {
            giveBack(given, why);
            throw why;
        }
        return given;
    }

    private void giveBack(int[] tids, SoftpathException why) {
        try {
            tidFree(tids);
        } catch (SoftpathException e) {
            why.addSuppressed(e);
        }
    }

    /** TID_FREE: the chip shall not write to these pages any more. TIDs not in use are ignored. */
    public void tidFree(int[] tids) {
        Faults.at(FaultPoint.TID_FREEING);
        channel.call(freeRequest(tids));
    }

    private static MemorySegment freeRequest(int[] tids) {
        MemorySegment request = ControlChannel.record(WRITE_BYTES + TidInfo.BITMAP_BYTES);
        startCommand(request, Command.TID_FREE);
        new TidInfo(tids.length, 0, 0, 0)
                .write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        BitSet map = new BitSet(MAP_BITS);
        for (int tid : tids) {
            map.set(tid);
        }
        MemorySegment bits = MemorySegment.ofArray(map.toByteArray());
        MemorySegment.copy(bits, 0, request, ControlRecord.WRITE_DATA, bits.byteSize());
        return request;
    }

    /** Tells the daemon that a mapping is gone. */
    public void unmap(long token, long length) {
        MemorySegment request = ControlChannel.record(ControlRecord.MUNMAP_BYTES);
        ControlRecord.munmap(request, 0, token, length);
        channel.call(request);
    }

    /**
     * What is ready; arms the interrupt if nothing is.
     *
     * @param timeoutNs how long to wait for the answer; a running daemon needs some microseconds
     * @return empty if the daemon does not answer in time, as one that is stopped
     */
    public Optional<PollAnswer> poll(long timeoutNs) {
        MemorySegment request = ControlChannel.record(ControlRecord.POLL_BYTES);
        ControlRecord.poll(request, 0, ControlRecord.POLL_READY);
        try {
            Reply reply = channel.call(request, timeoutNs);
            return Optional.of(new PollAnswer(reply.result(), reply.interruptsSeen()));
        } catch (SoftpathException.Lost e) {
            if (e.errno().equals(Errno.ETIMEDOUT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Waits for the interrupt that an earlier {@link #poll} armed; false if it does not come in
     * time.
     */
    public boolean awaitInterrupt(PollAnswer armed, long timeoutNs) {
        return channel.awaitInterrupt(armed.interruptsSeen(), timeoutNs);
    }

    /** As {@link #awaitInterrupt(PollAnswer, long)}, for a thread that others can wake. */
    public boolean awaitInterrupt(PollAnswer armed, long timeoutNs, ControlChannel.Waker waker) {
        return channel.awaitInterrupt(armed.interruptsSeen(), timeoutNs, waker);
    }

    /** A way to wake a thread that waits for an interrupt. */
    public ControlChannel.Waker waker() {
        return channel.waker();
    }

    private boolean settled(ControlChannel.Posted posted) {
        if (posted == null || posted.done()) {
            return true;
        }
        channel.drain();
        return posted.done();
    }

    private static MemorySegment acknowledgement(long events) {
        MemorySegment request = command(Command.ACK_EVENT);
        CommandRecord.putU64(request, ControlRecord.WRITE_COMMAND, events);
        return request;
    }

    private static MemorySegment command(Command command) {
        MemorySegment request = ControlChannel.record(WRITE_BYTES);
        startCommand(request, command);
        return request;
    }

    private static void startCommand(MemorySegment request, Command command) {
        ControlRecord.write(request, 0);
        CommandRecord.start(request, ControlRecord.WRITE_COMMAND, command);
    }

    private static void check(Reply reply, Command command, int leastBytes) {
        if (reply.payload().byteSize() < leastBytes) {
            throw protocol(
                    command
                            + ": payloadBytes="
                            + reply.payload().byteSize()
                            + " least="
                            + leastBytes);
        }
    }

    private static SoftpathException protocol(String what) {
        return SoftpathException.of(
                Errno.EPROTO, "the daemon does not speak this control protocol: " + what);
    }
}
