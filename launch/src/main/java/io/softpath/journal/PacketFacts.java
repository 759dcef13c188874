package io.softpath.journal;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.FlowId;
import io.softpath.abi.psm.FlowPsn;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.flight.FlightEvent;
import io.softpath.flight.FlightKind;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the header of a recorded packet says.
 *
 * @param fromLid who sent it
 * @param fromContext four or more bits of the sender's context
 * @param toLid for whom
 * @param toContext four bits of the receiver's context: what a header has of it everywhere
 * @param psn 24 bits
 * @param subOpcode {@link SubOpcode}
 * @param flow {@link FlowId}
 * @param message 16 bits of the number of the message
 * @param mqClass {@link MqClass}
 * @param tid {@link IpathHeader#TID_EAGER} if it is eager
 */
record PacketFacts(
        int fromLid,
        int fromContext,
        int toLid,
        int toContext,
        int psn,
        int subOpcode,
        int flow,
        int message,
        int mqClass,
        int tid) {
    static final int CONTEXT_MASK = 0xf;

    /** What the header of an event says; null if it has none. */
    static PacketFacts of(FlightEvent event) {
        FlightKind kind = event.kind();
        if (kind == null
                || kind.extra() != FlightKind.Extra.PACKET
                || event.bytes().length < MessageHeader.BYTES) {
            return null;
        }
        MemorySegment header = MemorySegment.ofArray(event.bytes());
        long lrh = MessageHeader.lrh(header, 0);
        int vcto = MessageHeader.vcto(header, 0);
        int psn = Bth.psn(MessageHeader.bth2(header, 0));
        int ack = MessageHeader.ack(header, 0);
        return new PacketFacts(
                Lrh.slid(lrh),
                AckWord.sourceContext(ack),
                Lrh.dlid(lrh),
                IpathHeader.context(vcto),
                psn,
                MessageHeader.subOpcode(header, 0),
                MessageHeader.flowId(header, 0),
                FlowPsn.message(psn, AckWord.ackSeq(ack)),
                MqClass.of(MessageHeader.mqHdr(header, 0)),
                IpathHeader.tid(vcto));
    }

    boolean isExpected() {
        return tid != IpathHeader.TID_EAGER;
    }

    /** Whether it carries part of a matched-queue message, or begins one. */
    boolean isOfMessage() {
        return flow == FlowId.MESSAGES
                && !isExpected()
                && (subOpcode == SubOpcode.MQ_HDR || subOpcode == SubOpcode.MQ_CTRL);
    }

    /** The bytes behind the header, as far as they were kept. */
    static byte[] payload(FlightEvent event) {
        return Arrays.copyOfRange(event.bytes(), MessageHeader.BYTES, event.bytes().length);
    }

    /** In the order in which people read them. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("from", fromLid + "." + fromContext);
        facts.put("to", toLid + "." + toContext);
        facts.put("op", opName());
        facts.put("psn", psn);
        if (isOfMessage()) {
            facts.put("message", message);
        }
        if (isExpected()) {
            facts.put("tid", tid);
        }
        return facts;
    }

    private String opName() {
        return switch (subOpcode) {
            case SubOpcode.MQ_HDR, SubOpcode.MQ_CTRL -> className();
            case SubOpcode.MQ_EXPTID -> "expected";
            case SubOpcode.MQ_EXPTID_UNALIGNED -> "expected-odd";
            case SubOpcode.ACK -> "ack";
            case SubOpcode.NAK -> "nak";
            case SubOpcode.ERR_CHK -> "err-chk";
            case SubOpcode.ERR_CHK_BAD -> "err-chk-bad";
            case SubOpcode.ERR_CHK_GEN -> "err-chk-gen";
            case SubOpcode.TIDS_RELEASE -> "tids-release";
            case SubOpcode.TIDS_RELEASE_CONFIRM -> "tids-release-confirm";
            case SubOpcode.TIDS_GRANT -> "tids-grant";
            case SubOpcode.TIDS_GRANT_ACK -> "tids-grant-ack";
            case SubOpcode.CONNECT_REQUEST -> "connect";
            case SubOpcode.CONNECT_REPLY -> "connect-reply";
            case SubOpcode.DISCONNECT_REQUEST -> "disconnect";
            case SubOpcode.DISCONNECT_REPLY -> "disconnect-reply";
            case SubOpcode.AM_REQUEST, SubOpcode.AM_REQUEST_NOREPLY -> "am-request";
            case SubOpcode.AM_REPLY -> "am-reply";
            default -> "0x" + Integer.toHexString(subOpcode);
        };
    }

    private String className() {
        return switch (mqClass) {
            case MqClass.TINY -> "tiny";
            case MqClass.SHORT -> "short";
            case MqClass.LONG -> "long";
            case MqClass.RTS -> "rts";
            case MqClass.RTS_EGR -> "rts-egr";
            case MqClass.RTS_WAIT -> "rts-wait";
            case MqClass.DATA, MqClass.DATA_BLK -> "data";
            case MqClass.DATA_REQ, MqClass.DATA_REQ_BLK -> "data-req";
            case MqClass.CTS_EGR -> "cts";
            default -> "mq-" + mqClass;
        };
    }
}
