package io.softpath.daemon.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.control.DriverOptions;
import io.softpath.daemon.control.Quirk;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Seals;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

class MapRulesTest extends DaemonTestBase {
    private static final int READ = ControlRecord.PROT_READ;
    private static final int WRITE = ControlRecord.PROT_WRITE;
    private static final int SHARED = ControlRecord.MAP_SHARED;

    /** Token and length of each kind, from base info as a library takes it. */
    private static Map<RegionKind, long[]> regions(BaseInfo info) {
        Map<RegionKind, long[]> regions = new EnumMap<>(RegionKind.class);
        regions.put(RegionKind.UREGS, new long[] {info.uregbase(), 4096});
        regions.put(
                RegionKind.PIOBUFS,
                new long[] {info.piobufbase(), (long) info.piocnt() * info.pioalign()});
        regions.put(RegionKind.RCVEGRBUFS, new long[] {info.rcvEgrbufs(), info.rcvEgrbuftotlen()});
        regions.put(
                RegionKind.RCVHDRQ,
                new long[] {info.rcvhdrBase(), info.rcvhdrentSize() * 4L * info.rcvhdrCnt()});
        if (info.rcvhdrTailaddr() != 0) {
            regions.put(RegionKind.RCVHDRTAIL, new long[] {info.rcvhdrTailaddr(), 4096});
        }
        regions.put(RegionKind.PIOAVAIL, new long[] {info.pioavailaddr(), 4096});
        regions.put(RegionKind.SENDBUFSTATUS, new long[] {info.sendbufStatus(), 4096});
        return regions;
    }

    private static int allowed(RegionKind kind) {
        return kind == RegionKind.PIOBUFS ? WRITE : kind.readOnlyByKernel() ? READ : READ | WRITE;
    }

    @Test
    @Fidelity({1, 2})
    void shouldMapEachTokenOfBaseInfo() {
        for (ChipModel model : new ChipModel[] {ChipModel.IBA6120, ChipModel.IBA7220}) {
            try (Daemon daemon = Daemon.start(config().withModel(model));
                    FakeClient client = FakeClient.open(daemon)) {
                Map<RegionKind, long[]> regions = regions(client.start());
                assertEquals(model.tailInMemory() ? 7 : 6, regions.size());
                regions.forEach((kind, region) -> {
                    FakeClient.Reply reply =
                            client.map(region[0], region[1], allowed(kind), SHARED);
                    assertEquals(0, reply.errno(), kind + ": " + reply.sentence());
                    try (Fd file = reply.file()) {
                        MemFd received = MemFd.received(file);
                        assertEquals(received.bytes(), ControlRecord.u64(reply.segment(), 0));
                        assertEquals(kind.number(), ControlRecord.u32(reply.segment(), 8));
                        assertEquals(
                                kind.access().ordinal(), ControlRecord.u32(reply.segment(), 12));
                        int seals = received.seals();
                        assertEquals(
                                kind.readOnlyByKernel(),
                                (seals & Seals.FUTURE_WRITE) != 0,
                                kind + " seals");
                        assertEquals(Seals.SEAL | Seals.SHRINK | Seals.GROW, seals & 7);
                    }
                });
            }
        }
    }

    @Test
    @Fidelity(2)
    void shouldRefuseTokensThatAreNotTheClients() {
        start();
        FakeClient client = client();
        FakeClient other = client();
        Map<RegionKind, long[]> own = regions(client.start());
        Map<RegionKind, long[]> foreign = regions(other.start());
        assertRefused(Errno.EINVAL, client.map(0, 4096, READ, SHARED));
        assertRefused(Errno.EINVAL, client.map(-1, 4096, READ, SHARED));
        own.forEach((kind, region) ->
                assertRefused(Errno.EINVAL, client.map(region[0] + 4096, 4096, READ, SHARED)));
        foreign.forEach((kind, region) -> {
            if (!kind.perUnit()) {
                assertRefused(Errno.EINVAL, client.map(region[0], 4096, READ, SHARED));
            }
        });
    }

    @Test
    void shouldRefuseToMapBeforeTheContextIsInitialised() {
        start();
        FakeClient client = client();
        long registers = 0x20_0000 + 0x1_0000;
        assertRefused(Errno.EINVAL, client.map(registers, 4096, READ, SHARED));
        client.assign();
        assertRefused(Errno.EINVAL, client.map(registers, 4096, READ, SHARED));
        client.userInit();
        assertEquals(0, client.map(registers, 4096, READ, SHARED).errno());
    }

    @Test
    @Fidelity(3)
    void shouldRefuseLongerMapsWithTheErrnoOfTheKind() {
        start();
        FakeClient client = client();
        regions(client.start())
                .forEach((kind, region) -> {
                    boolean invalid =
                            kind == RegionKind.PIOBUFS
                                    || kind == RegionKind.RCVEGRBUFS
                                    || kind == RegionKind.SENDBUFSTATUS;
                    Errno errno = invalid ? Errno.EINVAL : Errno.EFAULT;
                    assertRefused(
                            errno, client.map(region[0], region[1] + 4096, allowed(kind), SHARED));
                    assertRefused(
                            errno, client.map(region[0], Long.MAX_VALUE, allowed(kind), SHARED));
                    assertRefused(errno, client.map(region[0], -1, allowed(kind), SHARED));
                    assertRefused(
                            errno, client.map(region[0], region[1] + 4096, READ | WRITE, SHARED));
                });
    }

    @Test
    @Fidelity(3)
    void shouldRefuseLongerMapsWithOneErrnoInTheOlderEras() {
        for (Quirk era : new Quirk[] {Quirk.MMAP_ERA_MAIL, Quirk.MMAP_ERA_REMAP}) {
            try (Daemon daemon =
                            Daemon.start(
                                    config().withOptions(
                                                    new DriverOptions(
                                                            0,
                                                            0,
                                                            DriverOptions.TID_WINDOW_MS,
                                                            Set.of(era))));
                    FakeClient client = FakeClient.open(daemon)) {
                Map<RegionKind, long[]> regions = regions(client.start());
                regions.remove(RegionKind.SENDBUFSTATUS);
                regions.forEach((kind, region) ->
                        assertRefused(
                                Errno.EFAULT,
                                client.map(region[0], region[1] + 4096, allowed(kind), SHARED)));
                long[] pio = regions.get(RegionKind.PIOBUFS);
                int errno = era == Quirk.MMAP_ERA_MAIL ? Errno.EPERM.number() : 0;
                assertEquals(errno, client.map(pio[0], pio[1], READ, SHARED).errno());
                assertEquals(
                        0, client.map(pio[0], pio[1], WRITE, ControlRecord.MAP_PRIVATE).errno());
            }
        }
    }

    @Test
    @Fidelity(4)
    void shouldRefuseToWriteWhatOnlyTheChipWrites() {
        start(config().withModel(ChipModel.IBA6120));
        FakeClient client = client();
        regions(client.start())
                .forEach((kind, region) -> {
                    if (kind.readOnlyByKernel()) {
                        assertRefused(
                                Errno.EPERM,
                                client.map(region[0], region[1], READ | WRITE, SHARED));
                        assertRefused(Errno.EPERM, client.map(region[0], region[1], WRITE, SHARED));
                        try (Fd file = client.map(region[0], region[1], READ, SHARED).file();
                                Arena arena = Arena.ofConfined()) {
                            SoftpathException refused =
                                    Assertions.assertThrows(
                                            SoftpathException.class,
                                            () -> MappedMemory.map(file, 0, 4096, true, arena),
                                            kind::toString);
                            assertEquals(Errno.EPERM, refused.errno());
                        }
                    }
                    assertRefused(
                            Errno.EPERM,
                            client.map(
                                    region[0], region[1], READ | ControlRecord.PROT_EXEC, SHARED));
                });
    }

    @Test
    void shouldLetTheEventPageBeWrittenOnlyAsAQuirk() {
        startWith(Quirk.EVENT_PAGE_WRITABLE);
        FakeClient client = client();
        long token = client.start().sendbufStatus();
        try (Fd file = client.map(token, 4096, READ | WRITE, SHARED).file();
                Arena arena = Arena.ofConfined()) {
            MappedMemory.map(file, 0, 4096, true, arena)
                    .segment()
                    .set(ValueLayout.JAVA_LONG, 0, -1L);
        }
    }

    @Test
    @Fidelity(5)
    void shouldRefusePrivateAndOtherFlags() {
        start();
        FakeClient client = client();
        regions(client.start())
                .forEach((kind, region) -> {
                    for (int flags : new int[] {0, ControlRecord.MAP_PRIVATE, 3, 4, -1}) {
                        assertRefused(
                                Errno.EINVAL,
                                client.map(region[0], region[1], allowed(kind), flags));
                    }
                    assertRefused(Errno.EINVAL, client.map(region[0], 0, allowed(kind), SHARED));
                    assertRefused(Errno.EINVAL, client.map(region[0], region[1], 8, SHARED));
                });
    }

    @Test
    @Fidelity(6)
    void shouldMapLessThanAllAndShowTheSameBytes() {
        start();
        FakeClient client = client();
        BaseInfo info = client.start();
        try (Arena arena = Arena.ofConfined();
                Fd whole =
                        client.map(info.rcvEgrbufs(), info.rcvEgrbuftotlen(), READ, SHARED).file();
                Fd page = client.map(info.rcvEgrbufs(), 4096, READ, SHARED).file()) {
            byte[] expected =
                    MappedMemory.map(whole, 0, info.rcvEgrbuftotlen(), false, arena)
                            .segment()
                            .asSlice(0, 4096)
                            .toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals(
                    expected,
                    MappedMemory.map(page, 0, 4096, false, arena)
                            .segment()
                            .toArray(ValueLayout.JAVA_BYTE));
        }
        assertEquals(0, client.map(info.uregbase(), 1, READ, SHARED).errno());
    }

    @Test
    void shouldForgetAMappingWhenToldSo() {
        start();
        FakeClient client = client();
        long token = client.start().uregbase();
        assertRefused(Errno.EINVAL, client.unmap(token, 4096));
        client.map(token, 4096, READ, SHARED);
        client.map(token, 4096, READ, SHARED);
        assertEquals(1, client.inspect(ControlRecord.INSPECT_VMAS, 0, 0).result());
        assertEquals(0, client.unmap(token, 4096).errno());
        assertEquals(0, client.unmap(token, 4096).errno());
        assertRefused(Errno.EINVAL, client.unmap(token, 4096));
        assertEquals(0, client.inspect(ControlRecord.INSPECT_VMAS, 0, 0).result());
    }

    @Test
    void shouldRememberOnlySoManyMappings() {
        start();
        FakeClient client = client();
        long token = client.start().rcvEgrbufs();
        int granted = 0;
        FakeClient.Reply reply = client.map(token, 1, READ, SHARED);
        while (reply.errno() == 0 && granted < 1000) {
            reply.file().close();
            granted++;
            reply = client.map(token, 1 + granted, READ, SHARED);
        }
        assertRefused(Errno.ENOMEM, reply);
        assertEquals(256, granted);
    }
}
