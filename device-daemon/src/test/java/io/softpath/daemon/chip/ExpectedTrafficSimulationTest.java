package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Expected traffic in one thread under a seeded schedule: single packets and gather records, right
 * and wrong, while TIDs are freed and pointed elsewhere, flows are stored to in the middle of
 * packets, buffers are disarmed, sources vanish, links go down and contexts close. Packets of a
 * context leave in the order of its launches. Each packet on the wire is held to its fate by the
 * rules ({@link ReceiveModel}); no byte of any page changes but by it.
 *
 * <p>{@code -Dsoftpath.seeds=N} runs more seeds, {@code -Dsoftpath.seed=S} one.
 */
class ExpectedTrafficSimulationTest {
    private static final int STEPS = 300;
    private static final int CONTEXTS = 3;
    private static final int PAGES = 6;
    private static final int FLOWS_IN_USE = 3;
    private static final int SOURCE_BYTES = 128 * 1024;
    private static final int REGION = 1;
    private static final int SMALL_REGION = 2;
    private static final int SMALL_BYTES = 4096;

    private static final List<ChipCounter> DROPS =
            List.of(
                    ChipCounter.RX_INVAL_PKEY,
                    ChipCounter.RX_NON_KD,
                    ChipCounter.RX_QP_BAD_CTXT,
                    ChipCounter.RX_PKT_DROPPED,
                    ChipCounter.RX_DLID_FLTR,
                    ChipCounter.RX_ICRC_ERR,
                    ChipCounter.RX_BAD_FORMAT,
                    ChipCounter.RX_BAD_LEN,
                    ChipCounter.RX_INVAL_LEN,
                    ChipCounter.RX_TID_INVALID,
                    ChipCounter.RX_TID_BOUNDS,
                    ChipCounter.RX_TID_STORE,
                    ChipCounter.RX_TID_FLO_DROP);

    @Test
    @Fidelity({47, 48, 50, 51, 56, 61})
    void shouldGiveEveryPacketItsFateAndChangeNoOtherByte() {
        runSeeds(false);
    }

    @Test
    @Fidelity({48, 56, 61})
    void shouldDoSoForOthersWhileOneUserScribblesOnAllItMayWrite() {
        runSeeds(true);
    }

    private static void runSeeds(boolean hostile) {
        Long only = Long.getLong("softpath.seed");
        long first = only != null ? only : 1;
        long count = only != null ? 1 : Long.getLong("softpath.seeds", 2000);
        for (long seed = first; seed < first + count; seed++) {
            try (World world = new World(seed, hostile)) {
                world.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "-Dsoftpath.seed=" + seed + " hostile=" + hostile + ": " + e, e);
            }
        }
    }

    /** A packet that a gather record should become. */
    private record Part(int bytes, long source, int tid, int offset, int psn, int flags) {}

    /** A launched gather record; no parts if it is impossible. */
    private static final class Gather {
        final List<Part> parts;
        int sent;

        Gather(List<Part> parts) {
            this.parts = parts;
        }
    }

    /** One user, its pinned memory, and what the chip should know of it. */
    private static final class Player {
        final long id;
        final FakeUser user;
        final ReceiveModel.Context context;
        final PinnedPages pages;
        final SimulatedPage[] page = new SimulatedPage[PAGES];
        final MemorySegment source;
        final boolean scribbler;
        final Map<Long, Gather> gathers = new HashMap<>();
        boolean sourceThere = true;
        long launches;
        long lastSeen = -1;

        Player(
                long id,
                FakeUser user,
                ReceiveModel.Context context,
                PinnedPages pages,
                MemorySegment source,
                boolean scribbler) {
            this.id = id;
            this.user = user;
            this.context = context;
            this.pages = pages;
            this.source = source;
            this.scribbler = scribbler;
            for (int i = 0; i < PAGES; i++) {
                page[i] = new SimulatedPage(pages, i, scribbler);
            }
        }

        int unit() {
            return user.lid - 1;
        }
    }

    private static final class World implements AutoCloseable {
        final SplittableRandom random;
        final boolean hostile;
        final ChipModel model;
        final ChipRig rig;
        final List<ReceiveModel> models = new ArrayList<>();
        final List<Player> players = new ArrayList<>();
        final List<PinnedPages> left = new ArrayList<>();
        final MemorySegment header = MemorySegment.ofArray(new long[7]);
        final long[] before;
        final List<Runnable> stores = new ArrayList<>();
        Player scribbler;
        long nextId;

        // What the cable and the players have seen.
        long launches;
        long singlesGone;
        long gathersComplete;
        long suppressed;
        long lost;

        World(long seed, boolean hostile) {
            random = new SplittableRandom(seed);
            this.hostile = hostile;
            model = chooseModel();
            before = new long[ChipCounter.arrayLength(model.contexts())];
            int units = random.nextInt(1, 3);
            rig = new ChipRig(model, units, seed, fabric -> packet -> carry(fabric, packet));
            for (int unit = 0; unit < units; unit++) {
                models.add(new ReceiveModel(model));
            }
            if (hostile) {
                scribbler = open(0, model.firstUserContext() + CONTEXTS, true);
                players.remove(scribbler);
            }
        }

        private ChipModel chooseModel() {
            ChipModel base =
                    switch (random.nextInt(5)) {
                        case 0 -> ChipModel.IBA6120;
                        case 1 -> ChipModel.IBA7220;
                        default -> ChipModel.IBA7322;
                    };
            int flows = base.hasTidFlows() ? random.nextInt(2, 33) : 0;
            return base.toBuilder()
                    .rcvHdrCount(1 << random.nextInt(3, 7))
                    .egrCount(16)
                    .egrBufferBytes(random.nextBoolean() ? 2048 : 4096)
                    .tidCount(random.nextInt(4, 24))
                    .tidFlows(flows)
                    .build();
        }

        // The schedule.

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(32)) {
                    case 0 -> openOne();
                    case 1 -> closeOne();
                    case 2 -> disturb();
                    case 3, 4, 5 -> changeTid();
                    case 6, 7, 8 -> storeToFlow();
                    case 9, 10, 11, 12, 13, 14, 15 -> send();
                    case 16, 17, 18, 19 -> sendGather();
                    case 20 -> changeSource();
                    case 21, 22, 23 -> receive();
                    case 24 -> acknowledge();
                    case 25 -> checkAll();
                    case 26 -> scribble();
                    default -> {
                        rig.pollAll();
                        rig.chips.forEach(Chip::forceAvailUpdate);
                    }
                }
            }
            finish();
        }

        private Player any() {
            return players.isEmpty() ? null : players.get(random.nextInt(players.size()));
        }

        private void openOne() {
            int unit = random.nextInt(rig.chips.size());
            int context = model.firstUserContext() + random.nextInt(CONTEXTS);
            if (!models.get(unit).contexts.containsKey(context) && !rig.chips.get(unit).frozen()) {
                open(unit, context, false);
            }
        }

        private Player open(int unit, int number, boolean scribbles) {
            TriggerMode trigger = TriggerMode.INLINE;
            if (random.nextBoolean()) {
                trigger = model.specialTrigger() ? TriggerMode.SPECIAL : TriggerMode.LAST_DWORD;
            }
            Player[] self = new Player[1];
            MemorySegment source = rig.arena.allocate(SOURCE_BYTES, 4096);
            for (int at = 0; at < SOURCE_BYTES; at += 8) {
                source.set(ValueLayout.JAVA_LONG, at, (nextId + 1 << 32) + at);
            }
            GatherSource gather = handle -> region(self[0], handle);
            FakeUser user = rig.open(unit, number, trigger, random.nextInt(8) == 0 ? null : gather);
            ReceiveModel.Context context = new ReceiveModel.Context(number, model);
            PinnedPages pages = new PinnedPages(PAGES, rig.arena);
            Player player = new Player(++nextId, user, context, pages, source, scribbles);
            self[0] = player;
            models.get(unit).contexts.put(number, context);
            players.add(player);
            for (int i = 0; i < PAGES; i++) {
                setTid(player, random.nextInt(model.tidCount()), player.page[i]);
            }
            return player;
        }

        private static MemorySegment region(Player owner, int handle) {
            if (!owner.sourceThere) {
                return null;
            }
            return switch (handle) {
                case REGION -> owner.source;
                case SMALL_REGION -> owner.source.asSlice(0, SMALL_BYTES);
                default -> null;
            };
        }

        private Chip chip(Player player) {
            return rig.chips.get(player.unit());
        }

        private void closeOne() {
            Player player = any();
            if (player == null) {
                return;
            }
            players.remove(player);
            leaving = player;
            receiveAll(player);
            player.context.disable();
            chip(player).closeContext(player.user.context);
            leaving = null;
            models.get(player.unit()).contexts.remove(player.user.context);
            player.pages.check("a context that closed");
            left.add(player.pages);
        }

        private Player leaving;

        private void disturb() {
            Chip chip = rig.chips.get(random.nextInt(rig.chips.size()));
            switch (random.nextInt(10)) {
                case 0 -> chip.linkDown();
                case 1, 2 -> chip.linkUp();
                case 3 -> chip.freeze();
                case 4, 5 -> chip.thaw();
                case 6 -> chip.holdSends(true);
                case 7 -> chip.holdSends(false);
                case 8 -> disarmOne();
                default -> restart();
            }
        }

        /** A buffer of a player, whatever it holds; what was launched from it is dropped. */
        private void disarmOne() {
            Player player = any();
            if (player != null) {
                int buffer = player.user.firstBuffer + random.nextInt(player.user.bufferCount);
                chip(player).disarm(buffer);
                rig.events.get(player.unit()).badBuffers.removeIf(bad -> bad == buffer);
            }
        }

        private void restart() {
            Player player = any();
            if (player == null) {
                return;
            }
            receiveAll(player);
            if (player.context.enabled) {
                chip(player).disableReceive(player.user.context);
                player.context.disable();
                return;
            }
            player.user.memory.rcvHdrq().fill((byte) 0);
            chip(player).enableReceive(player.user.context);
            player.user.restart();
            player.context.disable();
            player.context.enabled = true;
            player.context.written = 0;
            player.context.told = 0;
        }

        private void changeTid() {
            Player player = any();
            if (player == null) {
                return;
            }
            int tid = random.nextInt(model.tidCount());
            SimulatedPage page = player.page[random.nextInt(PAGES)];
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    chip(player).clearTid(player.user.context, tid);
                    player.context.tids.remove(tid);
                }
                case 2 -> page.gone = !page.gone;
                default -> setTid(player, tid, page);
            }
            assertEquals(
                    player.context.tids.containsKey(tid),
                    chip(player).tidValid(player.user.context, tid));
        }

        private void setTid(Player player, int tid, SimulatedPage page) {
            chip(player).setTid(player.user.context, tid, page);
            player.context.tids.put(tid, page);
        }

        private void storeToFlow() {
            Player player = any();
            if (player != null && model.hasTidFlows()) {
                int flow = anyFlow();
                int word = anyFlowWord(player.context.flows[flow]);
                TidFlow.put(player.user.memory.userRegisters(), flow, word);
                player.context.flows[flow].store(word);
                if (random.nextBoolean()) {
                    UserRegisters.RCVEGRINDEXTAIL.put(player.user.memory.userRegisters(), 0);
                }
            }
        }

        private int anyFlow() {
            return random.nextInt(Math.min(FLOWS_IN_USE, model.tidFlows()));
        }

        private int anyFlowWord(FlowModel now) {
            int generation = now.generation + random.nextInt(2) & 0xFF;
            int sequence = random.nextInt(4) == 0 ? random.nextInt(2040, 2048) : now.sequence;
            int word = TidFlow.entry(generation, sequence);
            return switch (random.nextInt(6)) {
                case 0 -> TidFlow.reset();
                case 1 -> word & ~TidFlow.SEQ_MISMATCH;
                case 2 -> word & ~(TidFlow.MISMATCHES | TidFlow.HDR_SUPP);
                case 3 -> word | TidFlow.KEEP_AFTER_SEQ_ERR | TidFlow.KEEP_ON_GEN_ERR;
                default -> word | random.nextInt() & 0x6780_0000; // reserved bits are ignored
            };
        }

        /** A number that is most often the next one of its flow. */
        private int anyPsn(Player to) {
            int flow = model.hasTidFlows() ? anyFlow() : random.nextInt(32);
            if (!model.hasTidFlows()) {
                return ExpectedPsn.of(flow, random.nextInt(256), random.nextInt(2048));
            }
            FlowModel register = to.context.flows[flow];
            int generation = register.generation;
            int sequence = register.sequence + ahead;
            switch (random.nextInt(10)) {
                case 0 -> generation += random.nextInt(3) - 1;
                case 1 -> sequence += random.nextInt(5) - 2;
                default -> {}
            }
            return ExpectedPsn.of(flow, generation & 0xFF, sequence & 0x7FF);
        }

        private int ahead;

        private void send() {
            Player from = any();
            Player to = any();
            ahead = 0;
            for (int i = random.nextInt(4); from != null && i >= 0; i--) {
                byte[] payload = FakeUser.bytes(4 * random.nextInt(1, 520), random.nextInt());
                int tid = random.nextInt(24) == 0 ? 0x7FF : random.nextInt(model.tidCount() + 1);
                int offset = random.nextInt(3) == 0 ? 4 * random.nextInt(1024) : 0;
                if (random.nextInt(40) == 0) {
                    offset = 4 * random.nextInt(8192);
                }
                int flags = random.nextInt(4);
                int dlid = random.nextInt(40) == 0 ? 9 : to.user.lid;
                boolean sent =
                        from.user.sendExpected(
                                dlid,
                                to.user.context,
                                tid,
                                offset,
                                anyPsn(to),
                                flags,
                                nextMessage(from),
                                payload);
                launches += sent ? 1 : 0;
                ahead += random.nextInt(2);
            }
        }

        private long nextMessage(Player from) {
            return from.id << 32 | from.launches++;
        }

        private void sendGather() {
            Player from = any();
            Player to = any();
            if (from == null) {
                return;
            }
            int handle = random.nextInt(8) == 0 ? random.nextInt(4) : REGION;
            int region = handle == SMALL_REGION ? SMALL_BYTES : SOURCE_BYTES;
            int pageOffset = random.nextInt(3) == 0 ? 4 * random.nextInt(1024) : 0;
            int[] tids = new int[1 + random.nextInt(random.nextInt(4) == 0 ? 32 : 6)];
            for (int i = 0; i < tids.length; i++) {
                tids[i] = random.nextInt(model.tidCount() + 1);
            }
            int most = Math.min(tids.length * 4096 - pageOffset, region);
            int length = 4 * (1 + random.nextInt(most / 4));
            long source = 4L * random.nextInt((region - length) / 4 + 1);
            int interval = random.nextInt(5);
            boolean possible = handle == REGION || handle == SMALL_REGION;
            switch (random.nextInt(24)) {
                case 0 -> {
                    length += 4 * (most / 4);
                    possible = false;
                }
                case 1 -> {
                    source = random.nextLong() | 2;
                    possible = false;
                }
                case 2 -> {
                    length = random.nextBoolean() ? 0 : -length;
                    possible = false;
                }
                case 3 -> {
                    tids[random.nextInt(tids.length)] = random.nextInt(0x7FF, 0x10000);
                    possible = false;
                }
                case 4 -> {
                    pageOffset = 4096 + pageOffset;
                    possible = false;
                }
                default -> {}
            }
            ahead = 0;
            int psn = anyPsn(to);
            int flags = random.nextInt(4) << 4 | random.nextInt(4);
            byte[] record =
                    FakeUser.gatherRecord(handle, source, length, pageOffset, interval, 0x20, tids);
            long message = nextMessage(from);
            if (from.user.sendGather(to.user.lid, to.user.context, psn, flags, message, record)) {
                launches++;
                boolean allowed = from.user.sends.gather() != null;
                List<Part> parts =
                        possible && allowed
                                ? parts(source, length, pageOffset, interval, tids, psn, flags)
                                : List.of();
                from.gathers.put(message, new Gather(parts));
            }
        }

        /** The packets of a record, dword by dword: a new one wherever the rules want it. */
        private List<Part> parts(
                long source,
                int length,
                int pageOffset,
                int interval,
                int[] tids,
                int psn,
                int flags) {
            List<Part> parts = new ArrayList<>();
            int start = 0;
            for (int at = 4; at <= length; at += 4) {
                boolean last = at == length;
                boolean pageEnds = (pageOffset + at) % 4096 == 0;
                boolean full = at - start == model.mtuBytes();
                if (last || pageEnds || full) {
                    int number = parts.size() + 1;
                    boolean entry = last || interval != 0 && number % interval == 0;
                    int place = pageOffset + start;
                    int packetFlags = flags & ~3;
                    packetFlags |= entry ? 0 : IpathHeader.HDRSUPP;
                    packetFlags |= last ? flags & IpathHeader.INTR : 0;
                    parts.add(
                            new Part(
                                    at - start,
                                    source + start,
                                    tids[place / 4096],
                                    place % 4096,
                                    ExpectedPsn.plus(psn, number - 1),
                                    packetFlags));
                    start = at;
                }
            }
            return parts;
        }

        private void changeSource() {
            Player player = any();
            if (player != null) {
                switch (random.nextInt(4)) {
                    case 0 -> player.sourceThere = false;
                    case 1 ->
                            player.source.asSlice(4096L * random.nextInt(16), 8192).fill((byte) 0);
                    default -> player.sourceThere = true;
                }
            }
        }

        private void receive() {
            Player player = any();
            if (player != null) {
                for (int i = random.nextInt(12); i > 0; i--) {
                    take(player);
                }
                if (random.nextBoolean()) {
                    tell(player);
                }
            }
        }

        private void receiveAll(Player player) {
            while (take(player)) {
                // until the queue is empty
            }
            tell(player);
        }

        private void tell(Player player) {
            player.user.updateHeads();
            player.context.told = player.context.written - player.context.entries.size();
        }

        private boolean take(Player player) {
            FakeUser.Entry entry = player.user.receive();
            ReceiveModel.Fate fate = player.context.entries.poll();
            assertEquals(fate != null, entry != null, "an entry");
            if (entry == null) {
                return false;
            }
            assertEquals(fate.type(), Rhf.rcvType(entry.rhf()));
            if (fate.type() != Rhf.TYPE_EAGER) {
                assertEquals(
                        Rhf.errorNames(fate.errors()),
                        Rhf.errorNames(entry.rhf()),
                        "errors of an entry");
            }
            return true;
        }

        /** Disarms what the chip complained of, as the driver does when it is told to. */
        private void acknowledge() {
            for (int unit = 0; unit < rig.chips.size(); unit++) {
                Chip chip = rig.chips.get(unit);
                List<Integer> bad = rig.events.get(unit).badBuffers;
                if (chip.frozen() || bad.isEmpty()) {
                    continue;
                }
                for (int buffer : List.copyOf(bad)) {
                    chip.disarm(buffer);
                }
                bad.clear();
                chip.sweep();
                chip.forceAvailUpdate();
                for (Player player : players) {
                    if (player.unit() == unit) {
                        player.user.adoptAvail();
                    }
                }
            }
        }

        // What goes over the cable.

        private Wire.Outcome carry(Wire fabric, Packet packet) {
            HeaderCopy h = packet.header();
            h.store(header, 0);
            long message = MessageHeader.data0(header, 0);
            Player from = sender(h);
            boolean known = from != null && !from.scribbler;
            Gather gather = known ? from.gathers.get(message) : null;
            if (known) {
                assertTrue(
                        message >= from.lastSeen,
                        () ->
                                String.format(
                                        "%s: launch %d was overtaken by %d",
                                        from.user.trigger, message, from.lastSeen));
                from.lastSeen = message;
            }
            if (gather != null) {
                checkPart(from, gather, packet);
            }
            Wire.Outcome outcome = deliver(fabric, packet);
            if (outcome != Wire.Outcome.BACK_PRESSURE && known) {
                if (gather == null) {
                    singlesGone++;
                } else if (++gather.sent == gather.parts.size()) {
                    gathersComplete++;
                }
            }
            return outcome;
        }

        private Player sender(HeaderCopy h) {
            int lid = Lrh.slid(h.lrh());
            if (leaving != null
                    && leaving.user.lid == lid
                    && leaving.user.context == h.sourceContext()) {
                return leaving;
            }
            if (scribbler != null
                    && scribbler.user.lid == lid
                    && scribbler.user.context == h.sourceContext()) {
                return scribbler;
            }
            for (Player each : players) {
                if (each.user.lid == lid && each.user.context == h.sourceContext()) {
                    return each;
                }
            }
            return null;
        }

        private void checkPart(Player from, Gather gather, Packet packet) {
            assertTrue(gather.sent < gather.parts.size(), "a packet of an impossible record");
            Part part = gather.parts.get(gather.sent);
            boolean last = gather.sent == gather.parts.size() - 1;
            HeaderCopy h = packet.header();
            assertEquals(part.bytes, packet.payloadBytes());
            assertEquals(Pbc.lengthDwordsOfPayload(part.bytes), Lrh.lengthDwords(h.lrh()));
            assertEquals(part.tid, IpathHeader.tid(h.vcto()));
            assertEquals(part.offset, IpathHeader.offsetDwords(h.vcto()) * 4);
            assertEquals(part.psn, h.bth2());
            assertEquals(part.flags, h.pktFlags());
            assertEquals(last ? 0x20 : 0, MessageHeader.flags(header, 0));
            assertEquals(
                    from.source.address() + part.source,
                    packet.payload().address() + packet.payloadOffset());
        }

        private Wire.Outcome deliver(Wire fabric, Packet packet) {
            int dlid = Lrh.dlid(packet.header().lrh());
            Chip chip = dlid >= 1 && dlid <= rig.chips.size() ? rig.chips.get(dlid - 1) : null;
            if (chip == null || !chip.linkIsUp()) {
                assertEquals(Wire.Outcome.NO_ROUTE, fabric.transmit(packet));
                return Wire.Outcome.NO_ROUTE;
            }
            if (chip.frozen()) {
                assertEquals(Wire.Outcome.BACK_PRESSURE, fabric.transmit(packet));
                return Wire.Outcome.BACK_PRESSURE;
            }
            if (random.nextInt(40) == 0) {
                packet.addRhfErrors(Rhf.ICRCERR);
            }
            ReceiveModel.Fate fate = models.get(dlid - 1).predict(packet);
            chip.copyCounters(before);
            boolean stored = fate.page() != null && packet.payloadBytes() != 0;
            if (stored) {
                fate.page().await(fate, packet.payloadBytes(), () -> storeMeanwhile(fate));
            }
            assertEquals(Wire.Outcome.SENT, fabric.transmit(packet));
            if (scribbler != null && fate.context() == scribbler.context) {
                return Wire.Outcome.SENT; // nobody knows what it wrote into its registers
            }
            if (stored) {
                fate.page().assertStored();
            }
            checkCounters(chip, fate);
            ReceiveModel.apply(fate);
            stores.forEach(Runnable::run);
            stores.clear();
            return Wire.Outcome.SENT;
        }

        /** While the payload is stored, its user stores to a flow: that comes after the packet. */
        private void storeMeanwhile(ReceiveModel.Fate fate) {
            if (model.hasTidFlows() && random.nextInt(8) == 0) {
                Player owner =
                        players.stream().filter(p -> p.context == fate.context()).findAny().get();
                int flow = anyFlow();
                FlowModel register = fate.context().flows[flow];
                int word = anyFlowWord(register);
                TidFlow.put(owner.user.memory.userRegisters(), flow, word);
                stores.add(() -> register.store(word));
            }
        }

        private void checkCounters(Chip chip, ReceiveModel.Fate fate) {
            for (ChipCounter each : DROPS) {
                long risen = chip.counter(each) - before[each.index()];
                assertEquals(each == fate.drop() ? 1 : 0, risen, each.label());
            }
            boolean unseen = fate.drop() == null && !fate.entry();
            suppressed += unseen ? 1 : 0;
            lost += fate.drop() != null && !fate.entry() ? 1 : 0;
            assertEquals(
                    unseen ? 1 : 0,
                    chip.counter(ChipCounter.RX_HDR_SUPP)
                            - before[ChipCounter.RX_HDR_SUPP.index()]);
            for (int context = 0; context < model.contexts(); context++) {
                boolean own = fate.context() != null && fate.context().number == context;
                int full = ChipCounter.HDRQ_FULL.index(context);
                assertEquals(
                        own && fate.drop() == ChipCounter.HDRQ_FULL ? 1 : 0,
                        chip.counter(ChipCounter.HDRQ_FULL, context) - before[full],
                        "HDRQ_FULL");
                int entries = ChipCounter.CTXT_RX_PKT.index(context);
                assertEquals(
                        own && fate.entry() ? 1 : 0,
                        chip.counter(ChipCounter.CTXT_RX_PKT, context) - before[entries],
                        "entries");
            }
        }

        // A user that scribbles.

        private void scribble() {
            if (scribbler == null) {
                return;
            }
            MemorySegment registers = scribbler.user.memory.userRegisters();
            for (int i = 0; i < 20; i++) {
                MemorySegment memory =
                        switch (random.nextInt(5)) {
                            case 0 -> registers;
                            case 1 -> registers.asSlice(registers.byteSize() - 4096, 256);
                            case 2 -> scribbler.user.memory.rcvHdrq();
                            case 3 -> scribbler.source;
                            default -> scribbler.user.sends.pioBuffers();
                        };
                long near = random.nextInt(4) == 0 ? memory.byteSize() : 256;
                long at = random.nextLong(Math.min(near, memory.byteSize()) / 8) * 8;
                memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            Player to = any();
            if (to != null) {
                int buffer = random.nextInt(scribbler.user.bufferCount);
                int[] tids = new int[random.nextInt(600) % 8 == 0 ? 513 : random.nextInt(1, 6)];
                byte[] record =
                        FakeUser.gatherRecord(
                                random.nextInt(4),
                                random.nextInt(8) == 0 ? random.nextLong() : 0,
                                random.nextInt(8) == 0 ? random.nextInt() : 4096,
                                0,
                                random.nextInt(),
                                random.nextInt(),
                                tids);
                scribbler.user.writeExpected(
                        buffer,
                        to.user.lid,
                        to.user.context,
                        random.nextInt(0x800),
                        0,
                        anyPsn(to),
                        random.nextInt(0x10000),
                        -1,
                        record);
                MessageHeader.putAck(
                        scribbler.user.pio(),
                        scribbler.user.headerOf(buffer),
                        AckWord.of(0, scribbler.user.context, 0));
                long pbc = Pbc.ofPayload(record.length);
                if (random.nextInt(4) == 0) {
                    pbc = random.nextLong() & ~Pbc.PORT.mask() & ~0x7FFL | random.nextInt(545);
                }
                scribbler.user.launch(buffer, random.nextBoolean() ? Pbc.asGather(pbc) : pbc);
            }
        }

        // At rest.

        /** Sends all that can be sent, until nothing moves; flows are then as users see them. */
        private void settle() {
            int moved;
            do {
                moved = 0;
                for (Chip chip : rig.chips) {
                    moved += chip.sweep();
                }
            } while (moved != 0);
        }

        private void checkAll() {
            settle();
            for (Player player : players) {
                player.pages.check("pages of context " + player.user.context);
                if (!chip(player).frozen()) {
                    checkFlows(player);
                }
            }
            left.forEach(pages -> pages.check("pages of a context that is no more"));
            if (scribbler != null) {
                scribbler.pages.check("pages of the scribbler");
            }
        }

        private void checkFlows(Player player) {
            for (int flow = 0; flow < model.tidFlows(); flow++) {
                int word = TidFlow.get(player.user.memory.userRegisters(), flow);
                FlowModel register = player.context.flows[flow];
                int settings = word & 0x7F_FFFF;
                assertEquals(register.settings(), settings, "flow " + flow);
                if ((word & TidFlow.CHIP) != 0) {
                    assertEquals(register.mismatches(), word & TidFlow.MISMATCHES, "mismatches");
                } else {
                    assertEquals(0, TidFlow.asRead(word) & TidFlow.MISMATCHES);
                }
            }
        }

        private void finish() {
            for (Chip chip : rig.chips) {
                chip.thaw();
                chip.linkUp();
                chip.holdSends(false);
            }
            checkAll();
            for (Player player : players) {
                receiveAll(player);
                assertFalse(chip(player).hasWork());
            }
            long sent = rig.count(ChipCounter.TX_PKT);
            assertEquals(sent, rig.count(ChipCounter.RX_PKT), "sent and received on the wire");
            if (hostile) {
                return;
            }
            assertEquals(gathersComplete, rig.count(ChipCounter.TX_GATHER), "records sent");
            long refused =
                    rig.count(ChipCounter.TX_GATHER_FAULT) + rig.count(ChipCounter.TX_DROPPED);
            assertEquals(launches, singlesGone + gathersComplete + refused, "launches");
            assertEquals(suppressed, rig.count(ChipCounter.RX_HDR_SUPP), "without an entry");
            assertEquals(
                    sent,
                    rig.countPerContext(ChipCounter.CTXT_RX_PKT) + suppressed + lost,
                    "sent = entries + delivered without one + dropped without one");
        }

        @Override
        public void close() {
            rig.close();
        }
    }
}
