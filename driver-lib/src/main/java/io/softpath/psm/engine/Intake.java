package io.softpath.psm.engine;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.MemorySegment;

/**
 * Where the packets of an engine come in: finds out whose they are and what they are about. Anybody
 * may send anything; what cannot be is counted and does nothing. Source: psm, ips_proto_recv.c.
 */
public final class Intake {
    private final MessageEngine engine;
    private final EngineCounters counters;
    private final Connections connections;
    private final TidReceiver tidReceiver;
    private final TidSender tidSender;
    private final PacketHeader in = new PacketHeader();

    /** Null if packets have no checksum. */
    private final PacketCrc crc;

    Intake(
            MessageEngine engine,
            EngineSettings settings,
            Connections connections,
            TidReceiver tidReceiver,
            TidSender tidSender) {
        this.engine = engine;
        this.connections = connections;
        this.tidReceiver = tidReceiver;
        this.tidSender = tidSender;
        counters = engine.counters();
        crc = settings.checksum() ? new PacketCrc(EngineSettings.MTU_BYTES.most()) : null;
    }

    /**
     * Takes a packet from the wire.
     *
     * @param header its 56 bytes
     * @param payload what came with it, {@code length} bytes; with its checksum, if there is one
     */
    public void onPacket(
            MemorySegment header, long headerAt, MemorySegment payload, long offset, int length) {
        int bytes = crc == null ? length : crc.check(header, headerAt, payload, offset, length);
        if (bytes < 0) {
            counters.badChecksum++; // as if it had not come
        } else {
            take(header, headerAt, payload, offset, bytes);
        }
    }

    private void take(
            MemorySegment header, long headerAt, MemorySegment payload, long offset, int length) {
        in.read(header, headerAt);
        if (SubOpcode.isConnection(in.subOpcode)) {
            connections.onMessage(in, payload, offset, length, engine.nowNs());
            return;
        }
        if (in.subOpcode == SubOpcode.ERR_CHK_BAD) {
            Peer stranger = connections.whoIsThere(in);
            // One that has not asked is not meant: the answer is late, to who was there before it.
            if (stranger != null && stranger.packets.hasAsked()) {
                engine.fail(stranger, PsmError.EPID_NETWORK_ERROR);
            }
            return;
        }
        Peer peer = connections.find(in);
        if (peer == null) {
            counters.strays++;
            if (in.subOpcode == SubOpcode.ERR_CHK) {
                connections.answerStranger(in, engine.nowNs());
            }
            return;
        }
        if (peer.failure != null) {
            return;
        }
        if (carriesMessage(in.subOpcode) && !peer.isKnown()) {
            counters.strays++; // meant for who had our place before us, or late
            return;
        }
        peer.heard = true;
        if (carriesMessage(in.subOpcode)) {
            peer.packets.onPacket(in, payload, offset, length);
            return;
        }
        switch (in.subOpcode) {
            case SubOpcode.ACK -> {
                if (isOfTidFlow()) {
                    tidSender.onAck(peer, in);
                } else {
                    acknowledged(peer);
                }
            }
            case SubOpcode.NAK -> {
                if (isOfTidFlow()) {
                    tidSender.onNak(peer, in);
                } else {
                    goBack(peer);
                }
            }
            case SubOpcode.ERR_CHK -> {
                if (peer.isKnown()) {
                    asked(peer);
                } else {
                    connections.answerStranger(in, engine.nowNs()); // we have forgotten it since
                }
            }
            case SubOpcode.ERR_CHK_GEN -> tidReceiver.onQuestion(peer, in);
            case SubOpcode.MQ_EXPTID -> onEmpty(peer, length);
            case SubOpcode.TIDS_GRANT -> tidSender.onGrant(peer, in, payload, offset, length);
            case SubOpcode.TIDS_GRANT_ACK -> tidReceiver.onGrantAck(peer, in);
            case SubOpcode.TIDS_RELEASE -> tidReceiver.onRelease(peer, in);
            case SubOpcode.TIDS_RELEASE_CONFIRM -> tidSender.onConfirm(peer, in);
            default -> counters.malformed++;
        }
    }

    private void acknowledged(Peer peer) {
        Flow flow = flowOf(peer);
        if (flow != null) {
            flow.acknowledged(in.ackSeq);
        }
    }

    private void goBack(Peer peer) {
        Flow flow = flowOf(peer);
        if (flow != null) {
            flow.goBack(in.ackSeq);
        }
    }

    private void asked(Peer peer) {
        Flow flow = flowOf(peer);
        if (flow != null) {
            flow.asked(in.psn);
        }
    }

    /** The flow that a packet is about; null, and counted, if there is none. */
    private Flow flowOf(Peer peer) {
        Flow flow = peer.packets.flowOf(in.flowId);
        if (flow == null) {
            counters.malformed++;
        }
        return flow;
    }

    private static boolean carriesMessage(int subOpcode) {
        return subOpcode == SubOpcode.MQ_HDR
                || subOpcode == SubOpcode.MQ_CTRL
                || subOpcode == SubOpcode.MQ_EXPTID_UNALIGNED
                || SubOpcode.isActiveMessage(subOpcode);
    }

    /** The only packet of a window without TIDs is an eager one without a payload. */
    private void onEmpty(Peer peer, int length) {
        if (length == 0) {
            tidReceiver.onData(peer, in, 0, false);
        } else {
            counters.malformed++;
        }
    }

    private boolean isOfTidFlow() {
        return (in.flowId & MessageHeader.FLOWID_TID_FLOW) != 0;
    }

    /**
     * Takes the header of an expected packet, whose payload the chip has placed.
     *
     * @param length bytes of the payload
     * @param bad the chip has found something wrong, and most likely written nothing
     */
    public void onExpected(MemorySegment header, long headerAt, int length, boolean bad) {
        in.read(header, headerAt);
        Peer peer = connections.find(in);
        if (peer == null) {
            counters.strays++;
        } else if (peer.failure == null) {
            peer.heard = true;
            if (bad || in.subOpcode == SubOpcode.MQ_EXPTID) {
                tidReceiver.onData(peer, in, length, bad);
            } else {
                counters.malformed++;
            }
        }
    }

    /**
     * The chip has dropped the payload of a packet, whose header is all right: there was no room.
     */
    public void onOverflow(MemorySegment header, long headerAt) {
        if (crc != null) {
            return; // nobody knows whether the header is all right
        }
        in.read(header, headerAt);
        Peer peer = connections.find(in);
        if (peer != null && peer.failure == null && carriesMessage(in.subOpcode)) {
            peer.packets.onOverflow(in);
        }
    }
}
