package io.softpath.abi.register;

/**
 * What the chip counts, in the order of the counter array. The unit-wide counters have the names
 * that users of ipathstats know; those behind them exist once per context. Source: qib_iba7322.c,
 * cntr7322names and portcntr7322names; the counters marked softpath are ours.
 *
 * <pre>
 *  +------------------+---------------------+---------------------+-----
 *  | unit-wide        | context 0           | context 1           | ...
 *  | by ordinal()     | CONTEXT_COUNTERS    | CONTEXT_COUNTERS    |
 *  +------------------+---------------------+---------------------+-----
 * </pre>
 *
 * The chip alone writes the array. Each dropped packet raises exactly one of the counters that say
 * {@code dropped}.
 */
@SuppressWarnings("EnumOrdinal") // the order of the constants is the order of the array
public enum ChipCounter {
    INTERRUPTS("Interrupts", "interrupts raised"),
    RX_TID_FULL("RxTIDFull", "eager packets whose payload was dropped: no eager buffer free", true),
    RX_TID_INVALID(
            "RxTIDInvalid",
            "expected packets whose payload was dropped: TID entry not valid",
            true),
    RX_TID_FLO_DROP(
            "RxTIDFloDrop",
            "expected packets whose payload was dropped by the TID flow check",
            true),
    TX_PKT("TxPkt", "packets sent"),
    TX_WORDS("TxWords", "dwords sent, as the LRH counts them"),
    RX_PKT("RxPkt", "packets received from the link, whatever became of them"),
    RX_WORDS("RxWords", "dwords received, as the LRH counts them"),
    TX_FLOW_STALL("TxFlowStall", "sweeps in which a launched packet had to wait for the link"),
    RX_DLID_FLTR("RxDlidFltr", "packets dropped: destination LID is not this port's", true),
    IB_STATUS_CHNG("IBStatusChng", "changes of the link state"),
    IB_LINK_DOWN("IBLinkDown", "times the link went down", true),
    IB_LNK_RECOV("IBLnkRecov", "times the link recovered", true),
    IB_RX_LINK_ERR("IBRxLinkErr", "packets lost in the link", true),
    IB_SYMBOL_ERR("IBSymbolErr", "symbol errors on the link", true),
    RX_BAD_FORMAT("RxBadFormat", "packets with a wrong InfiniPath header: payload dropped", true),
    RX_BAD_LEN("RxBadLen", "packets whose length differs from their length field", true),
    RX_BUF_OVRFL("RxBufOvrfl", "packets dropped: no room between link and chip", true),
    RX_EBP("RxEBP", "packets with a bad end", true),
    RX_ICRC_ERR("RxICRCerr", "packets with a wrong invariant CRC", true),
    RX_VCRC_ERR("RxVCRCerr", "packets with a wrong variant CRC", true),
    RX_INVAL_LEN("RxInvalLen", "packets too short or too long", true),
    RX_INVAL_PKEY("RxInvalPKey", "packets dropped: partition key not in the table", true),
    RX_PKT_DROPPED("RxPktDropped", "packets dropped: their context is not enabled", true),
    TX_BAD_LENGTH("TxBadLength", "launches dropped: PBC length differs from the LRH length", true),
    TX_DROPPED("TxDropped", "launched packets dropped: the link is not active", true),
    TX_INVAL_LEN("TxInvalLen", "launches dropped: length too short or too long", true),
    TX_UNDERRUN("TxUnderrun", "launches dropped: data came too late", true),
    TX_UNSUP_VL("TxUnsupVL", "launches dropped: virtual lane not configured", true),
    RX_VL15_DROP("RxVL15Drop", "management packets dropped", true),
    RX_VL_ERR("RxVlErr", "packets on a virtual lane that is not configured", true),
    RX_QP_BAD_CTXT("RxQPBadCtxt", "packets dropped: no context of that number", true),
    TX_BAD_HEADER(
            "TXBadHeader",
            "launches dropped: header names another sender, port or next header",
            true),
    RX_NON_KD(
            "RxNonKD",
            "softpath: packets dropped: not InfiniPath packets, and no kernel takes them",
            true),
    TX_ARM_LAUNCH("TxArmLaunch", "softpath: buffers written while armed or launched wrongly", true),
    TX_SPECIAL_TRIGGER("TxSpecialTrigger", "softpath: wrong special triggers", true),
    TX_TRIGGER_FIELD(
            "TxTriggerField", "softpath: launches with an early launch point, which is ignored"),
    TX_DISARMED("TxDisarmed", "softpath: buffers disarmed before they were launched"),
    TX_NO_ROUTE("TxNoRoute", "softpath: packets dropped: no port has the destination LID", true),
    BAD_HEAD("BadHead", "softpath: head registers with an impossible value, taken as 0", true),
    DOORBELLS("Doorbells", "softpath: doorbells that woke the chip"),
    AVAIL_UPDATES("AvailUpdates", "softpath: times the avail page was written"),
    RX_TID_BOUNDS(
            "RxTIDBounds",
            "softpath: expected packets whose payload was dropped: it would leave its page",
            true),
    RX_TID_STORE(
            "RxTIDStore",
            "softpath: expected packets whose payload was dropped: the user's page is gone",
            true),
    RX_HDR_SUPP("RxHdrSupp", "softpath: packets delivered without a header entry, as they asked"),
    TX_GATHER("TxGather", "softpath: gather records sent"),
    TX_GATHER_FAULT("TxGatherFault", "softpath: launches dropped: impossible gather record", true),

    EGR_OVFL("EgrOvfl", "eager packets of the context that found no buffer", true, true),
    HDRQ_FULL("HdrqFull", "softpath: packets of the context dropped: rcvhdrq full", true, true),
    CTXT_TX_PKT("TxPkt", "softpath: packets sent from the context's buffers", false, true),
    CTXT_RX_PKT("RxPkt", "softpath: entries written to the context's rcvhdrq", false, true);

    /** The counters that exist once per unit; their index is their ordinal. */
    public static final int UNIT_COUNTERS = EGR_OVFL.ordinal();

    /** The counters that each context has. */
    public static final int CONTEXT_COUNTERS = values().length - UNIT_COUNTERS;

    private static final ChipCounter[] VALUES = values();

    private final String label;
    private final String purpose;
    private final boolean error;
    private final boolean perContext;

    ChipCounter(String label, String purpose) {
        this(label, purpose, false, false);
    }

    ChipCounter(String label, String purpose, boolean error) {
        this(label, purpose, error, false);
    }

    ChipCounter(String label, String purpose, boolean error, boolean perContext) {
        this.label = label;
        this.purpose = purpose;
        this.error = error;
        this.perContext = perContext;
    }

    /** Entries of the counter array of a chip with so many contexts. */
    public static int arrayLength(int contexts) {
        return UNIT_COUNTERS + contexts * CONTEXT_COUNTERS;
    }

    /**
     * The index in the counter array; the context matters only to a counter that each context has.
     */
    public int index(int context) {
        return perContext ? ordinal() + context * CONTEXT_COUNTERS : ordinal();
    }

    /** The index in the counter array of a counter that exists once per unit. */
    public int index() {
        return ordinal();
    }

    /** The counter at an index of the array. */
    public static ChipCounter at(int index) {
        return index < UNIT_COUNTERS
                ? VALUES[index]
                : VALUES[UNIT_COUNTERS + (index - UNIT_COUNTERS) % CONTEXT_COUNTERS];
    }

    /** The context of an index of the array; -1 for a unit-wide counter. */
    public static int contextAt(int index) {
        return index < UNIT_COUNTERS ? -1 : (index - UNIT_COUNTERS) / CONTEXT_COUNTERS;
    }

    /** The full name at an index of the array, as {@code RxPkt} or {@code Ctxt3EgrOvfl}. */
    public static String nameAt(int index) {
        ChipCounter counter = at(index);
        return counter.perContext ? "Ctxt" + contextAt(index) + counter.label : counter.label;
    }

    /** The name; of a counter that each context has, the part after {@code Ctxt<n>}. */
    public String label() {
        return label;
    }

    public String purpose() {
        return purpose;
    }

    /** Whether a rise means that something went wrong. */
    public boolean error() {
        return error;
    }

    public boolean perContext() {
        return perContext;
    }
}
