package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.Command;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.chip.FakeUser;
import io.softpath.daemon.chip.TriggerMode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A client launches a million packets that are wrong in every way it can think of, while two others
 * talk. An oracle that knows the rules, and not the chip's code, says in which counter each launch
 * must end.
 *
 * <p>{@code -Dsoftpath.seed=S} chooses the seed, {@code -Dsoftpath.launches=N} the launches of each
 * model and trigger.
 */
class HostileLaunchPropertyTest extends DaemonTestBase {
    private static final int UNITS = 2;
    private static final int LAUNCHES = 250_000;
    private static final int BATCH = 6;
    private static final int KNOWN_PKEY = 0x9234;
    private static final int MAX_PAYLOAD = 2056;

    private final long seed = Long.getLong("softpath.seed", 1);
    private final SplittableRandom random = new SplittableRandom(seed);

    @ParameterizedTest
    @CsvSource({
        "IBA6120,LAST_DWORD",
        "IBA6120,INLINE",
        "IBA7220,SPECIAL",
        "IBA7220,INLINE",
        "IBA7322,LAST_DWORD",
        "IBA7322,INLINE"
    })
    @Fidelity(61)
    void shouldCountEveryLaunchOfAHostileClientAndDisturbNobody(
            String modelName, TriggerMode trigger) {
        ChipModel model = ChipModel.named(modelName);
        try (LogCapture log = new LogCapture()) {
            try {
                run(model, trigger);
                log.assertNoError();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dsoftpath.seed=" + seed + ": " + e, e);
            }
        }
    }

    private void run(ChipModel model, TriggerMode trigger) {
        start(config().withUnits(UNITS).withModel(model));
        try (MappedUser a = user(0, model, trigger);
                MappedUser b = user(1, model, trigger);
                MappedUser c = user(0, model, trigger)) {
            assertEquals(6, b.client.command(Command.SET_PART_KEY, KNOWN_PKEY).result(), "P_Key");
            VerifiedTraffic traffic = new VerifiedTraffic(a, b);
            Hostile hostile = new Hostile(c, model, a, b);
            int launches = Integer.getInteger("softpath.launches", LAUNCHES);
            while (hostile.launches < launches) {
                if (random.nextInt(8) == 0) {
                    traffic.send(random.nextInt(513) * Integer.BYTES);
                }
                hostile.launchSome();
                chips().forEach(Chip::sweep);
                daemon().doWork();
                traffic.receive();
            }
            traffic.finish();
            hostile.check(traffic);
            assertTrue(traffic.noise() > launches / 100, "hostile packets that reached others");
            assertEquals(3, daemon().openFiles(), "nobody was closed");
            chips().forEach(chip -> assertFalse(chip.frozen(), "frozen"));
        }
    }

    private MappedUser user(int unit, ChipModel model, TriggerMode trigger) {
        return new MappedUser(client(daemon().directory().node(unit)), model, trigger);
    }

    private Stream<Chip> chips() {
        return daemon().units().stream().map(unit -> unit.chip());
    }

    /** The hostile client, and what its launches must come to. */
    private final class Hostile {
        private final MappedUser self;
        private final FakeUser user;
        private final ChipModel model;
        private final MappedUser neighbour;
        private final MappedUser stranger;
        private final long[] expected;
        private final int[] tags;
        private final boolean[] faulty;
        private final HeaderCopy header = new HeaderCopy();
        private final byte[] payload = new byte[MAX_PAYLOAD];
        private int launches;
        private int faults;

        Hostile(MappedUser self, ChipModel model, MappedUser neighbour, MappedUser stranger) {
            this.self = self;
            user = self.user;
            this.model = model;
            this.neighbour = neighbour;
            this.stranger = stranger;
            expected = new long[ChipCounter.arrayLength(model.contexts())];
            tags = new int[user.bufferCount];
            faulty = new boolean[user.bufferCount];
        }

        void launchSome() {
            MemorySegment registers = user.memory.userRegisters();
            UserRegisters.RCVHDRHEAD.put(registers, UserRegisters.RCVHDRTAIL.get(registers));
            UserRegisters.RCVEGRINDEXHEAD.put(
                    registers, UserRegisters.RCVEGRINDEXTAIL.get(registers));
            if (faults * 4 > user.bufferCount && random.nextInt(4) == 0) {
                self.acknowledge();
                Arrays.fill(faulty, false);
                faults = 0;
            }
            int first = random.nextInt(user.bufferCount);
            int step = 1 + random.nextInt(2);
            int count = 1 + random.nextInt(BATCH);
            for (int i = 0; i < count && i * step < user.bufferCount; i++) {
                int buffer = (first + i * step) % user.bufferCount;
                long pbc = prepare(buffer);
                if (trigger(buffer, pbc)) {
                    launches++;
                }
            }
        }

        /** Writes a packet and says with which PBC it should be launched. */
        private long prepare(int buffer) {
            int bytes =
                    switch (random.nextInt(8)) {
                        case 0 -> random.nextInt(MAX_PAYLOAD / 4 + 1) * 4;
                        case 1 -> MAX_PAYLOAD - 4 * random.nextInt(4);
                        default -> random.nextInt(16) * 4;
                    };
            byte[] data = bytes == MAX_PAYLOAD ? payload : Arrays.copyOf(payload, bytes);
            MappedUser to = victim();
            user.write(buffer, to.user.lid, to.user.context, random.nextLong(), data);
            long at = user.headerOf(buffer);
            long pbc = Pbc.ofPayload(bytes);
            for (int i = random.nextInt(3); i > 0; i--) {
                pbc = mutate(at, pbc);
            }
            return pbc;
        }

        private MappedUser victim() {
            return switch (random.nextInt(3)) {
                case 0 -> self;
                case 1 -> neighbour;
                default -> stranger;
            };
        }

        private long mutate(long at, long pbc) {
            MemorySegment pio = user.pio();
            long lrh = MessageHeader.lrh(pio, at);
            int bth0 = MessageHeader.bth0(pio, at);
            int vcto = MessageHeader.vcto(pio, at);
            switch (random.nextInt(17)) {
                case 0 -> {
                    for (int q = 0; q < MessageHeader.BYTES; q += Long.BYTES) {
                        pio.set(ValueLayout.JAVA_LONG, at + q, random.nextLong());
                    }
                }
                case 1 -> MessageHeader.putLrh(pio, at, Lrh.DLID.set(lrh, random.nextInt(65536)));
                case 2 -> MessageHeader.putLrh(pio, at, Lrh.DLID.set(lrh, random.nextInt(5)));
                case 3 -> MessageHeader.putLrh(pio, at, Lrh.SLID.set(lrh, random.nextInt(65536)));
                case 4 -> MessageHeader.putLrh(pio, at, Lrh.LNH.set(lrh, random.nextInt(4)));
                case 5 -> MessageHeader.putLrh(pio, at, Lrh.LENGTH.set(lrh, random.nextInt(65536)));
                case 6 -> MessageHeader.putLrh(pio, at, lrh ^ random.nextLong() & 0xFFFL << 52);
                case 7 ->
                        MessageHeader.putBth0(pio, at, (int) Bth.PKEY.set(bth0, anyPartitionKey()));
                case 8 -> MessageHeader.putBth1(pio, at, random.nextInt());
                case 9 -> MessageHeader.putBth1(pio, at, ChipModel.QP_BASE ^ random.nextInt(4));
                case 10 -> putVcto(at, random.nextInt());
                case 11 -> putVcto(at, vcto & ~0xFFE000 | random.nextInt(0x800) << 13);
                case 12 -> putVcto(at, vcto & ~0xF000000 | random.nextInt(16) << 24);
                case 13 -> MessageHeader.putChksum(pio, at, random.nextInt(65536));
                case 14 -> MessageHeader.putAck(pio, at, AckWord.of(0, anyContext(), 0));
                case 15 -> {
                    MessageHeader.putAck(pio, at, AckWord.of(0, anyContext(), 0));
                    MessageHeader.putBth0(pio, at, (int) Bth.OPCODE.set(bth0, random.nextInt(256)));
                }
                default -> {
                    return random.nextBoolean()
                            ? random.nextLong()
                            : pbc | random.nextLong() & ~0x7FFL;
                }
            }
            return pbc;
        }

        private int anyPartitionKey() {
            return switch (random.nextInt(4)) {
                case 0 -> KNOWN_PKEY;
                case 1 -> KNOWN_PKEY & 0x7FFF;
                case 2 -> random.nextInt(2) << 15;
                default -> random.nextInt(65536);
            };
        }

        private int anyContext() {
            return random.nextBoolean() ? neighbour.user.context : random.nextInt(64);
        }

        private void putVcto(long at, int vcto) {
            MemorySegment pio = user.pio();
            int length = Lrh.lengthDwords(MessageHeader.lrh(pio, at));
            MessageHeader.putVcto(pio, at, vcto);
            MessageHeader.putChksum(
                    pio, at, IpathHeader.checksum(length, vcto, MessageHeader.pktFlags(pio, at)));
        }

        /** Stores PBC and trigger; false if that is no launch. */
        private boolean trigger(int buffer, long pbc) {
            MemorySegment pio = user.pio();
            long at = (long) buffer * model.pioAlign();
            return switch (user.trigger) {
                case INLINE -> {
                    int tag =
                            random.nextInt(8) == 0
                                    ? random.nextInt(Pbc.LAUNCH_TAG_MAX + 1)
                                    : Pbc.nextLaunchTag(tags[buffer]);
                    if (random.nextInt(32) == 0) {
                        tag = tags[buffer];
                    }
                    Pbc.put(pio, at, Pbc.withLaunchTag(pbc, tag));
                    if (tag == Pbc.NO_LAUNCH_TAG || tag == tags[buffer]) {
                        yield false;
                    }
                    tags[buffer] = tag;
                    yield launched(buffer, pbc);
                }
                case SPECIAL -> {
                    int magic =
                            random.nextInt(16) != 0
                                    ? Pbc.SPECIAL_TRIGGER_MAGIC
                                    : random.nextInt(4) - 1;
                    Pbc.put(pio, at, pbc);
                    Pbc.putTrigger(pio, at + Pbc.SPECIAL_TRIGGER_OFFSET, magic);
                    if (magic == 0) {
                        yield false;
                    }
                    yield magic == Pbc.SPECIAL_TRIGGER_MAGIC
                            ? launched(buffer, pbc)
                            : fault(buffer, ChipCounter.TX_SPECIAL_TRIGGER);
                }
                case LAST_DWORD -> {
                    Pbc.put(pio, at, pbc);
                    int last = PioLayout.lastDwordOffset(Pbc.lengthDwords(pbc));
                    if (last >= PioLayout.HEADER && last < model.pio2kBytes()) {
                        Pbc.putTrigger(pio, at + last, random.nextInt());
                    }
                    yield launched(buffer, pbc);
                }
            };
        }

        /** What becomes of a launch, by the rules. */
        private boolean launched(int buffer, long pbc) {
            int length = Pbc.lengthDwords(pbc);
            int most = model.piosize() / Integer.BYTES + 1;
            if (faulty[buffer] || length < Pbc.MIN_LENGTH_DWORDS || length > most) {
                return fault(buffer, ChipCounter.TX_INVAL_LEN);
            }
            if (Pbc.TRIGGER.get(pbc) != 0) {
                expect(ChipCounter.TX_TRIGGER_FIELD);
            }
            if (Pbc.isGather(pbc)) {
                return fault(buffer, ChipCounter.TX_GATHER_FAULT); // not negotiated
            }
            header.load(user.pio(), user.headerOf(buffer));
            long lrh = header.lrh();
            if (Lrh.lengthDwords(lrh) != length) {
                return fault(buffer, ChipCounter.TX_BAD_LENGTH);
            }
            boolean claimsOther =
                    Bth.opcode(header.bth0()) == Bth.OPCODE_PSM
                            && header.sourceContext() != user.context;
            if (Lrh.slid(lrh) != user.lid || Lrh.lnh(lrh) != Lrh.LNH_BTH || claimsOther) {
                return expect(ChipCounter.TX_BAD_HEADER);
            }
            int dlid = Lrh.dlid(lrh);
            boolean noCable = model.ibPorts() == 2 && Pbc.PORT.get(pbc) != 0;
            if (noCable || dlid < 1 || dlid > UNITS) {
                return expect(ChipCounter.TX_NO_ROUTE);
            }
            expect(ChipCounter.TX_PKT);
            expected[ChipCounter.TX_WORDS.index()] += length;
            expected[ChipCounter.CTXT_TX_PKT.index(user.context)]++;
            return arrived(dlid - 1, length);
        }

        private boolean arrived(int unit, int length) {
            expect(ChipCounter.RX_PKT);
            expected[ChipCounter.RX_WORDS.index()] += length;
            int pkey = Bth.pkey(header.bth0()) & 0x7FFF;
            if (pkey != 0x7FFF && (unit != 1 || pkey != (KNOWN_PKEY & 0x7FFF))) {
                return expect(ChipCounter.RX_INVAL_PKEY);
            }
            int vcto = header.vcto();
            int qp = Bth.qp(header.bth1());
            int context = IpathHeader.context(vcto);
            if (model.family() == ChipModel.Family.QLE72XX
                    && qp == (ChipModel.QP_BASE ^ 1)
                    && context == 15) {
                context = 16;
            } else if (model.family() == ChipModel.Family.QLE73XX
                    && qp >>> 1 == ChipModel.QP_BASE >>> 1) {
                context |= (qp & 1) << 4;
            } else if (qp != ChipModel.QP_BASE) {
                return expect(ChipCounter.RX_NON_KD);
            }
            if (context < model.firstUserContext() || context >= model.contexts()) {
                return expect(ChipCounter.RX_QP_BAD_CTXT);
            }
            boolean open =
                    unit == 0
                            ? context == user.context || context == neighbour.user.context
                            : context == stranger.user.context;
            if (!open) {
                return expect(ChipCounter.RX_PKT_DROPPED);
            }
            expected[ChipCounter.CTXT_RX_PKT.index(context)]++;
            boolean wellFormed =
                    IpathHeader.version(vcto) == IpathHeader.VERSION
                            && header.chksum()
                                    == IpathHeader.checksum(length, vcto, header.pktFlags());
            if (!wellFormed) {
                return expect(ChipCounter.RX_BAD_FORMAT);
            }
            if (Pbc.payloadBytes(length) > model.egrBufferBytes()) {
                return expect(ChipCounter.RX_INVAL_LEN);
            }
            if (IpathHeader.tid(vcto) != IpathHeader.TID_EAGER) {
                return expect(ChipCounter.RX_TID_INVALID);
            }
            return true;
        }

        private boolean fault(int buffer, ChipCounter reason) {
            if (faulty[buffer]) {
                return expect(ChipCounter.TX_ARM_LAUNCH);
            }
            faulty[buffer] = true;
            faults++;
            return expect(reason);
        }

        private boolean expect(ChipCounter counter) {
            expected[counter.index()]++;
            return true;
        }

        /** Compares every counter but those of how often somebody looked. */
        void check(VerifiedTraffic traffic) {
            expected[ChipCounter.TX_PKT.index()] += traffic.sent();
            expected[ChipCounter.RX_PKT.index()] += traffic.sent();
            expected[ChipCounter.TX_WORDS.index()] += traffic.sentDwords();
            expected[ChipCounter.RX_WORDS.index()] += traffic.sentDwords();
            Set<ChipCounter> others =
                    EnumSet.of(ChipCounter.AVAIL_UPDATES, ChipCounter.IB_STATUS_CHNG);
            for (ChipCounter counter : ChipCounter.values()) {
                if (!others.contains(counter) && !counter.perContext()) {
                    long sum = chips().mapToLong(chip -> chip.counter(counter)).sum();
                    assertEquals(expected[counter.index()], sum, counter.label());
                }
            }
            checkSums();
        }

        /** Every launch ended once: before the wire, behind it, or in a header queue. */
        private void checkSums() {
            long onTheWire = sum(ChipCounter.TX_PKT);
            long refused =
                    sum(
                            ChipCounter.TX_INVAL_LEN,
                            ChipCounter.TX_BAD_LENGTH,
                            ChipCounter.TX_BAD_HEADER,
                            ChipCounter.TX_NO_ROUTE,
                            ChipCounter.TX_SPECIAL_TRIGGER,
                            ChipCounter.TX_ARM_LAUNCH,
                            ChipCounter.TX_GATHER_FAULT,
                            ChipCounter.TX_DROPPED);
            // the launches of the two others are among those on the wire
            assertEquals(launches, onTheWire + refused - others(), "launches");
            assertEquals(onTheWire, sum(ChipCounter.RX_PKT), "packets received");
            long dropped =
                    sum(
                            ChipCounter.RX_DLID_FLTR,
                            ChipCounter.RX_INVAL_PKEY,
                            ChipCounter.RX_NON_KD,
                            ChipCounter.RX_QP_BAD_CTXT,
                            ChipCounter.RX_PKT_DROPPED);
            assertEquals(onTheWire, dropped + entries(), "packets delivered or dropped");
        }

        private long others() {
            return chips().mapToLong(chip -> perContext(chip, ChipCounter.CTXT_TX_PKT)).sum()
                    - daemon().units()
                            .getFirst()
                            .chip()
                            .counter(ChipCounter.CTXT_TX_PKT, user.context);
        }

        private long entries() {
            return chips().mapToLong(chip ->
                            perContext(chip, ChipCounter.CTXT_RX_PKT)
                                    + perContext(chip, ChipCounter.HDRQ_FULL))
                    .sum();
        }

        private long perContext(Chip chip, ChipCounter counter) {
            long sum = 0;
            for (int context = 0; context < model.contexts(); context++) {
                sum += chip.counter(counter, context);
            }
            return sum;
        }

        private long sum(ChipCounter... counters) {
            long sum = 0;
            for (ChipCounter counter : counters) {
                sum += chips().mapToLong(chip -> chip.counter(counter)).sum();
            }
            return sum;
        }
    }
}
