package io.softpath.psm.engine;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Writes the messages that connect two endpoints and part them, and judges those of others. */
final class ConnectPost {
    private static final int FEATURES =
            ConnectMessage.FEATURE_BIG_ENDIAN
                    | ConnectMessage.FEATURE_64_BIT
                    | ConnectMessage.FEATURE_MESSAGE_IDS
                    | ConnectMessage.FEATURE_SOFTPATH;

    private static final int MAJOR = 0xFF00;

    private final Outlet outlet;
    private final EndpointId own;
    private final EngineSettings settings;
    private final MemorySegment scratch = Arena.ofAuto().allocate(ConnectMessage.BYTES, Long.BYTES);

    ConnectPost(Outlet outlet, EndpointId own, EngineSettings settings) {
        this.outlet = outlet;
        this.own = own;
        this.settings = settings;
    }

    /**
     * Asks a peer to let us connect, or part.
     *
     * @return false if no buffer was free
     */
    boolean ask(Peer peer, int opcode) {
        return send(
                peer.route,
                opcode,
                PsmError.OK,
                peer.ownIndex,
                settings.runId(),
                peer.connection,
                peer.remoteIndex);
    }

    /** Answers a message: it is said which process had asked, and for which of its connections. */
    void answer(
            int route,
            ConnectMessage message,
            int opcode,
            PsmError result,
            int index,
            int remoteIndex) {
        send(route, opcode, result, index, message.runId(), message.connection(), remoteIndex);
    }

    private boolean send(
            int route,
            int opcode,
            PsmError result,
            int index,
            int runId,
            int connection,
            int remoteIndex) {
        new ConnectMessage(
                        opcode,
                        ConnectMessage.CONNECT_VERSION,
                        ConnectMessage.PSM_VERSION,
                        own.family().psmType(),
                        own.serviceLevel(),
                        settings.job(),
                        result.code(),
                        index,
                        runId,
                        settings.pkey(),
                        FEATURES,
                        MessageHeader.BYTES,
                        settings.mtuBytes(),
                        settings.host(),
                        opcode == SubOpcode.CONNECT_REPLY ? settings.runId() : 0,
                        connection)
                .write(scratch, 0);
        PacketHeader header = outlet.header();
        header.subOpcode = opcode;
        header.hdrDlen = ConnectMessage.HEADER_DWORDS;
        header.peerIndex = remoteIndex;
        return outlet.send(route, header, scratch, 0, ConnectMessage.bytes(opcode));
    }

    /** Who sent it; null if that is nobody there can be. */
    EndpointId sender(PacketHeader header, ConnectMessage message) {
        for (ChipModel.Family family : ChipModel.Family.values()) {
            if (family.psmType() == message.hcaClass()
                    && header.sourceLid > 0
                    && message.serviceLevel() < 16) {
                EndpointId id =
                        EndpointId.of(
                                header.sourceLid,
                                header.sourceContext,
                                header.sourceSubcontext,
                                message.serviceLevel(),
                                family);
                return id.equals(own) ? null : id;
            }
        }
        return null;
    }

    /** OK, or why whoever sends this request cannot connect. */
    PsmError judge(ConnectMessage message, boolean sameJob) {
        if ((message.connectVersion() & MAJOR) != (ConnectMessage.CONNECT_VERSION & MAJOR)
                || (message.psmVersion() & MAJOR) != (ConnectMessage.PSM_VERSION & MAJOR)) {
            return PsmError.EPID_INVALID_VERSION;
        }
        if ((message.features() & ConnectMessage.FEATURES_OF_A_NODE)
                != (FEATURES & ConnectMessage.FEATURES_OF_A_NODE)) {
            return PsmError.EPID_INVALID_NODE;
        }
        if (!settings.ofEverybody() && message.pkey() != settings.pkey()) {
            return PsmError.EPID_INVALID_PKEY;
        }
        if (!sameJob) {
            return PsmError.EPID_INVALID_UUID_KEY;
        }
        return message.mtu() < 64 ? PsmError.EPID_INVALID_CONNECT : PsmError.OK;
    }
}
