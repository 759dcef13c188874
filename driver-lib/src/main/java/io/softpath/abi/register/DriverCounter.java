package io.softpath.abi.register;

/**
 * What the kernel's half of a unit counts, in the order of the counter array. The first ten are
 * qib's driver_stats, the rest is softpath's. The daemon alone writes the array. Source: qib_fs.c,
 * qib_statnames.
 */
@SuppressWarnings("EnumOrdinal") // the order of the constants is the order of the array
public enum DriverCounter {
    KERN_INTR("KernIntr", "interrupts that the driver handled"),
    ERROR_INTR("ErrorIntr", "interrupts because of an error bit", true),
    TX_ERRS("Tx_Errs", "send errors", true),
    RCV_ERRS("Rcv_Errs", "receive errors", true),
    HW_ERRS("H/W_Errs", "hardware errors", true),
    NO_PIO_BUFS("NoPIOBufs", "avail updates that a user without a free buffer asked for"),
    CTXTS_OPEN("CtxtsOpen", "contexts that users have now"),
    RCV_LEN_ERRS("RcvLen_Errs", "packets of a wrong length", true),
    EGR_BUF_FULL("EgrBufFull", "times the eager buffers of a context were full", true),
    EGR_HDR_FULL("EgrHdrFull", "times the rcvhdrq of a context was full", true),
    DOORBELLS("DoorbellRecs", "softpath: doorbell records received, also while awake"),
    SLEEPS("Sleeps", "softpath: times the duty cycle slept"),
    WAKEUPS("Wakeups", "softpath: sleeping users woken"),
    COMMANDS("Commands", "softpath: commands carried out"),
    COMMAND_ERRORS("CommandErrors", "softpath: commands refused", true),
    MMAPS("Mmaps", "softpath: regions handed out"),
    MMAP_ERRORS("MmapErrors", "softpath: mappings refused", true),
    BAD_RECORDS("BadRecords", "softpath: control records that were no records", true),
    CLIENTS_OPEN("ClientsOpen", "softpath: connections open now"),
    CTXTS_CLOSED("CtxtsClosed", "softpath: contexts given back by the end of their connection"),
    CLIENTS_STALLED(
            "ClientsStalled", "softpath: connections closed because a reply found no room", true),
    SENDS_DISARMED("SendsDisarmed", "softpath: half-written packets thrown away at close"),
    EVENTS("Events", "softpath: event bits set for users"),
    PAGE_LOCKS("PageLocks", "pages pinned for expected TIDs"),
    PAGE_UNLOCKS("PageUnlocks", "pages released by TID_FREE, close or death"),
    MEM_REGIONS("MemRegions", "softpath: memory regions of users now"),
    MEM_BYTES("MemBytes", "softpath: bytes in them");

    private final String label;
    private final String purpose;
    private final boolean error;

    DriverCounter(String label, String purpose) {
        this(label, purpose, false);
    }

    DriverCounter(String label, String purpose, boolean error) {
        this.label = label;
        this.purpose = purpose;
        this.error = error;
    }

    /** The index in the counter array. */
    public int index() {
        return ordinal();
    }

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
}
