package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Getting a context from a daemon: who gets one, what it is told, and why it is refused. */
@ExtendWith(ChildOutput.class)
class AssignIT {
    private static final ChipModel MODEL = ChipModel.IBA7220;

    /** Commands that no driver of this interface has. */
    private static final int[] UNKNOWN_COMMANDS = {15, 25, 26, 30, 33, 99};

    private static final int WRITE_TYPE_BYTES = 4;

    private static ChildDaemon daemon;

    @BeforeAll
    static void start() {
        daemon = ChildDaemon.start("--units", "2");
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    /** The daemon hears of a close after the one who closed has gone on. */
    @BeforeEach
    void awaitFreeContexts() {
        awaitFreeContexts(daemon);
    }

    private static void awaitFreeContexts(ChildDaemon of) {
        try (Device device = of.open()) {
            Await.until(
                    "every context is free",
                    () ->
                            device.inspect().units().stream()
                                    .allMatch(u -> u.freeContexts() == u.userContexts()));
        }
    }

    private static RawFile open() {
        return RawFile.open(daemon.directory(), 0);
    }

    @Fidelity(12)
    @Test
    void shouldRefuseWhenAllContextsAreTakenAndNameWhoHasThem() {
        try (Jvm hoarder = Jvm.of(Hoarder.class).arguments(daemon.directory().toString()).start()) {
            hoarder.awaitLine("^took " + MODEL.userContexts() + " then EBUSY$");
            String holder =
                    "context=16 pid=" + hoarder.pid() + " uid=" + CurrentProcess.uid() + " since=";

            try (Device device = Device.open(daemon.device().withUnit(0))) {
                SoftpathException refusal =
                        assertThrows(SoftpathException.Exhausted.class, device::openContext);
                assertEquals(Errno.EBUSY, refusal.errno());
                assertTrue(refusal.getMessage().contains(holder), refusal::getMessage);
                assertTrue(refusal.getMessage().contains("contexts=16"), refusal::getMessage);
            }
            try (Device anyUnit = daemon.open();
                    Context context = anyUnit.openContext()) {
                assertEquals(1, context.baseInfo().unit(), "the unit that has contexts left");
            }

            hoarder.kill();
            awaitFreeContexts();
        }
    }

    @Fidelity(12)
    @Test
    void shouldAnswerEnetdownOnTheWildcardIfTheQuirkIsAskedFor() {
        try (ChildDaemon quirky =
                        ChildDaemon.start("--contexts", "1", "--quirks", "enetdown-when-all-busy");
                RawFile holder = RawFile.open(quirky.directory(), 0);
                RawFile onUnit = RawFile.open(quirky.directory(), 0);
                RawFile onAny = RawFile.openAny(quirky.directory())) {
            holder.assign().orFail();

            assertEquals("EBUSY", onUnit.assign().outcome());
            assertEquals("ENETDOWN", onAny.assign().outcome());
        }
    }

    @Fidelity(12)
    @Test
    void shouldAnswerEbusyOnTheWildcardOtherwise() {
        List<RawFile> files = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * MODEL.userContexts(); i++) {
                files.add(RawFile.openAny(daemon.directory()));
                files.getLast().assign().orFail();
            }
            files.add(RawFile.openAny(daemon.directory()));

            assertEquals("EBUSY", files.getLast().assign().outcome());
        } finally {
            files.forEach(RawFile::close);
        }
    }

    @Fidelity(13)
    @Test
    void shouldAnswerEnetdownWhileTheLinkIsDown() {
        try (Device device = daemon.open();
                RawFile onUnit = open();
                RawFile onAny = RawFile.openAny(daemon.directory())) {
            device.inspect().admin(ControlRecord.ADMIN_LINK_DOWN, 0, 0);
            try {
                assertEquals("ENETDOWN", onUnit.assign().outcome());
                onAny.assign().orFail();
                assertEquals(1, onAny.contextInfo().contextInfo().unit(), "the unit with a link");
            } finally {
                device.inspect().admin(ControlRecord.ADMIN_LINK_UP, 0, 0);
            }
            onUnit.assign().orFail();
        }
    }

    @Fidelity(13)
    @Test
    void shouldAnswerEnodevWithoutSuchAUnitAndEnxioWithoutADaemon() {
        SoftpathException noUnit =
                assertThrows(
                        SoftpathException.Refused.class,
                        () -> Device.open(daemon.device().withUnit(2)));
        assertEquals(Errno.ENODEV, noUnit.errno());

        Path empty = ChildDaemon.newDirectory("rwx------");
        try {
            SoftpathException noDaemon =
                    assertThrows(
                            SoftpathException.Refused.class,
                            () -> Device.open(daemon.device().withDirectory(empty)));
            assertEquals(Errno.ENXIO, noDaemon.errno());
        } finally {
            ChildDaemon.delete(empty);
        }
        try (RawFile file = open()) {
            UserInfo secondPort = new UserInfo(AbiVersion.USER, 0, BaseInfo.BYTES, 0, 0, 0, 2, 0);
            assertEquals("ENODEV", file.assign(secondPort).outcome());
            file.assign().orFail();
        }
    }

    @Fidelity(14)
    @Test
    void shouldRefuseASecondAssign() {
        try (RawFile file = open()) {
            file.assign().orFail();
            int context = file.contextInfo().contextInfo().context();

            assertEquals("EINVAL", file.assign().outcome());
            file.userInit().orFail();
            assertEquals("EINVAL", file.assign().outcome());
            assertEquals("EINVAL", file.userInit().outcome());
            assertEquals(context, file.contextInfo().contextInfo().context());
        }
    }

    @Fidelity(7)
    @Test
    void shouldAcceptEveryMinorVersionAndNoOtherMajor() {
        for (int major : new int[] {0, 2, 0x7fff}) {
            try (RawFile file = open()) {
                assertEquals("ENODEV", file.assign(version(major, AbiVersion.MINOR)).outcome());
            }
        }
        for (int minor = 1; minor < 100; minor++) {
            try (RawFile file = open()) {
                assertEquals("ok", file.assign(version(AbiVersion.MAJOR, minor)).outcome());
            }
            awaitFreeContexts();
        }
        try (RawFile file = open()) {
            file.assign().orFail();
            assertEquals(0x8001_000d, file.userInit().baseInfo().swVersion());
        }
    }

    private static UserInfo version(int major, int minor) {
        return new UserInfo(major << 16 | minor, 0, BaseInfo.BYTES, 0, 0, 0, 0, 0);
    }

    @Fidelity(8)
    @Test
    void shouldNeedRoomForThePartOfBaseInfoThatAnUnsharedContextHas() {
        try (RawFile file = open()) {
            file.assign().orFail();

            assertEquals("EINVAL", file.userInit(room(119)).outcome());
            RawFile.Answer answer = file.userInit(room(120)).orFail();
            assertEquals(120, answer.payload().byteSize());
        }
    }

    private static UserInfo room(int baseInfoBytes) {
        return new UserInfo(AbiVersion.USER, 0, baseInfoBytes, 0, 0, 0, 0, 0);
    }

    @Fidelity({9, 11})
    @Test
    void shouldRefuseShortAndUnknownCommands() {
        try (RawFile file = open()) {
            file.assign().orFail();
            Command info = Command.CTXT_INFO;

            assertEquals("EINVAL", file.write(info.code(), WRITE_TYPE_BYTES - 1).outcome());
            assertEquals("EINVAL", file.write(info.code(), info.consumedBytes() - 1).outcome());
            assertEquals(
                    info.consumedBytes(), file.write(info.code(), info.consumedBytes()).result());
            for (int unknown : UNKNOWN_COMMANDS) {
                assertEquals("EINVAL", file.write(unknown, 40).outcome(), "command " + unknown);
            }
        }
    }

    @Fidelity(10)
    @Test
    void shouldRefuseEveryOtherCommandBeforeAssign() {
        try (RawFile file = open()) {
            for (Command command : Command.values()) {
                if (command != Command.ASSIGN_CONTEXT) {
                    assertEquals("EINVAL", file.write(command.code(), 40).outcome(), command::name);
                }
            }
            file.assign().orFail();
        }
    }

    @Fidelity({15, 16})
    @Test
    void shouldGiveEachContextItsOwnNumbersAndItsShareOfPioBuffers() {
        List<RawFile> files = new ArrayList<>();
        BitSet pioBuffers = new BitSet();
        List<Integer> counts = new ArrayList<>();
        try (Device device = daemon.open()) {
            UnitRecord unit = device.inspect().unit(0);
            for (int i = 0; i < MODEL.userContexts(); i++) {
                RawFile file = open();
                files.add(file);
                file.assign().orFail();
                ContextInfo info = file.contextInfo().contextInfo();
                BaseInfo baseInfo = file.userInit().baseInfo();

                assertEquals(2, info.numActive());
                assertEquals(baseInfo.unit(), info.unit());
                assertEquals(baseInfo.port(), info.port());
                assertEquals(baseInfo.context(), info.context());
                assertEquals(baseInfo.subcontext(), info.subcontext());
                assertEquals(unit.userContexts(), info.numContexts());
                assertEquals(unit.contexts(), baseInfo.ncontexts());
                assertEquals(ContextInfo.NO_CPU, info.recCpu());
                assertEquals(MODEL.firstUserContext() + i, info.context());

                int first = baseInfo.pioindex();
                int end = first + baseInfo.piocnt();
                assertTrue(pioBuffers.get(first, end).isEmpty(), "PIO buffers of two contexts");
                pioBuffers.set(first, end);
                counts.add(baseInfo.piocnt());
            }
        } finally {
            files.forEach(RawFile::close);
        }

        int users = MODEL.pio2kCount() - MODEL.kernelPioReserve();
        assertEquals(users, pioBuffers.cardinality(), "all but the kernel's share are given out");
        assertEquals(users, pioBuffers.length(), "the kernel's share comes last");
        assertEquals(counts.stream().sorted((a, b) -> b - a).toList(), counts);
        assertTrue(counts.getFirst() - counts.getLast() <= 1, counts::toString);
    }
}
