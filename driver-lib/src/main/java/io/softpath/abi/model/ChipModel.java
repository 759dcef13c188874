package io.softpath.abi.model;

import io.softpath.abi.control.RuntimeFlags;

import java.util.List;
import java.util.Locale;

/**
 * A chip model: the numbers that differ between chips of the family, as data. A built-in model can
 * be changed through {@link #toBuilder()}; whatever comes out has passed the checks, so its users
 * need none.
 *
 * <p>Numbers that the public sources leave to registers of the real chip (PIO and eager buffers of
 * IBA6120, TIDs of both) are our choice. Source: ipath_iba6120.c, ipath_iba7220.c, qib_iba6120.c,
 * qib_iba7220.c; Debian's libpsm-infinipath1.
 *
 * @param contexts receive contexts, the kernel's included
 * @param firstUserContext the lower ones are the kernel's
 * @param ibPorts InfiniBand ports
 * @param pio2kCount 2K send buffers
 * @param pio4kCount 4K send buffers, all the kernel's
 * @param kernelPioReserve 2K send buffers at the end that the kernel keeps
 * @param tidCount expected TIDs of a context
 * @param tidFlows TID flows of a context; 0: the chip has none, and suppresses no headers
 * @param egrCount eager buffers of a context
 * @param egrBufferBytes bytes of an eager buffer; also the MTU
 * @param rcvHdrCount rcvhdrq entries
 * @param rcvHdrEntDwords dwords of a rcvhdrq entry
 * @param rhfOffsetDwords where the RHF is in an entry
 * @param headerOffsetDwords where the packet header is in an entry
 * @param tailInMemory the chip copies rcvhdrtail to memory, and users watch that copy
 * @param useEgrBit RHF bit 31 says whether an eager buffer was used; else every eager packet uses
 *     one
 * @param specialTrigger a magic dword launches, not the last dword
 * @param forcePioAvail a stuck user asks the driver for an avail update
 * @param availSwapped avail qwords above 3 are swapped in pairs
 * @param updateThreshold buffers that become free before the avail page is written
 * @param hwVersion revision word
 */
public record ChipModel(
        String name,
        Family family,
        int contexts,
        int firstUserContext,
        int ibPorts,
        int pio2kCount,
        int pio4kCount,
        int kernelPioReserve,
        int tidCount,
        int tidFlows,
        int egrCount,
        int egrBufferBytes,
        int rcvHdrCount,
        int rcvHdrEntDwords,
        int rhfOffsetDwords,
        int headerOffsetDwords,
        boolean tailInMemory,
        boolean useEgrBit,
        boolean specialTrigger,
        boolean forcePioAvail,
        boolean availSwapped,
        int updateThreshold,
        int hwVersion) {

    /**
     * The class that PSM derives from the runtime flags; it decides how peers write down a
     * destination context.
     */
    public enum Family {
        QLE71XX(1, 16, "10 Gb/sec (4X)"),
        QLE72XX(2, 17, "20 Gb/sec (4X DDR)"),
        QLE73XX(3, 18, "40 Gb/sec (4X QDR)");

        private final int psmType;
        private final int maxContexts;
        private final String linkRate;

        Family(int psmType, int maxContexts, String linkRate) {
            this.psmType = psmType;
            this.maxContexts = maxContexts;
            this.linkRate = linkRate;
        }

        /**
         * The fastest link of such a chip, in the words of sysfs. Source: the boards' names; Linux,
         * drivers/infiniband/core/sysfs.c, rate_show.
         */
        public String linkRate() {
            return linkRate;
        }

        /** The value that travels in endpoint ids. Source: psm, PSMI_HCA_TYPE_*. */
        public int psmType() {
            return psmType;
        }

        /** How many contexts can be named in a packet for such a chip. */
        public int maxContexts() {
            return maxContexts;
        }
    }

    /** The QP that makes a packet an InfiniPath packet. Source: qib_common.h, QIB_KD_QP. */
    public static final int QP_BASE = 0x656B78;

    /**
     * Bytes from one 2K send buffer to the next; a page, so that contexts can be told apart by
     * mappings.
     */
    public static final int PIO_ALIGN = 4096;

    /** Bytes of a 2K send buffer that can be used, PBC included. */
    public static final int PIO_2K_BYTES = 2176;

    /** Eager buffers are allocated in chunks of this many bytes. */
    public static final int EGR_CHUNK_BYTES = 32768;

    /** What the longest packet has beside its payload, LRH to ICRC. */
    public static final int IB_MAX_HEADER_BYTES = 128;

    /** TID flows of an IBA7322 context. Source: qib_7322_regs.h, RcvTIDFlowTable. */
    public static final int TID_FLOWS = 32;

    /** An expected TID entry names one page of this size. */
    public static final int TID_MAX_SIZE = 4096;

    /** The threshold that drivers write where contexts have buffers enough. */
    private static final int USUAL_UPDATE_THRESHOLD = 8;

    /** PCIe card of the mail's time: tail in memory, launch by the last dword. */
    public static final ChipModel IBA6120 =
            builder("IBA6120", Family.QLE71XX)
                    .contexts(5)
                    .pio4kCount(4)
                    .rhfOffsetDwords(0)
                    .headerOffsetDwords(2)
                    .tailInMemory(true)
                    .forcePioAvail(true)
                    .availSwapped(true)
                    .hwVersion(0x0201_0402)
                    .build();

    /** The default: RHF sequence, special trigger, up to 16 user contexts; send DMA is off. */
    public static final ChipModel IBA7220 =
            builder("IBA7220", Family.QLE72XX)
                    .contexts(17)
                    .pio4kCount(16)
                    .rhfOffsetDwords(30)
                    .headerOffsetDwords(16)
                    .useEgrBit(true)
                    .specialTrigger(true)
                    .hwVersion(0x0201_0502)
                    .build();

    /**
     * TID flows, header suppression, header check on send, two IB ports, of which the second has no
     * cable; send DMA is off.
     */
    public static final ChipModel IBA7322 =
            builder("IBA7322", Family.QLE73XX)
                    .contexts(18)
                    .firstUserContext(2)
                    .ibPorts(2)
                    .pio4kCount(34)
                    .kernelPioReserve(8)
                    .tidFlows(TID_FLOWS)
                    .rhfOffsetDwords(30)
                    .headerOffsetDwords(16)
                    .useEgrBit(true)
                    .hwVersion(0x0201_0601)
                    .build();

    /** The built-in models. */
    public static final List<ChipModel> ALL = List.of(IBA6120, IBA7220, IBA7322);

    private static final int PAGE_BYTES = 4096;

    public ChipModel {
        between(
                name,
                "contexts",
                contexts,
                firstUserContext + 1,
                family.maxContexts(),
                "this class of chip has no more");
        between(name, "firstUserContext", firstUserContext, 1, 2, "context 0 is the kernel's");
        between(name, "ibPorts", ibPorts, 1, 2, "take 1");
        between(name, "pio2kCount", pio2kCount, 1, 256, "the avail registers have 8 qwords");
        between(
                name,
                "pio4kCount",
                pio4kCount,
                0,
                256 - pio2kCount,
                "both sizes together are at most 256");
        between(name, "kernelPioReserve", kernelPioReserve, 0, pio2kCount - 1, "users need some");
        between(
                name,
                "pioBuffersPerContext",
                (pio2kCount - kernelPioReserve) / (contexts - firstUserContext),
                PioDivision.MIN_PER_CONTEXT,
                256,
                "take fewer contexts or more 2K buffers");
        between(name, "tidCount", tidCount, 1, 512, "the TID bitmap has 512 bits");
        between(name, "tidFlows", tidFlows, 0, TID_FLOWS, "the PSN has 5 bits for the flow");
        if (tidFlows != 0 && family != Family.QLE73XX) {
            throw bad(name, "tidFlows", tidFlows, "0", "only the IBA7322 has TID flows");
        }
        between(name, "egrCount", egrCount, 2, 4096, "the RHF's eager index has 12 bits");
        if (egrBufferBytes != 2048 && egrBufferBytes != 4096) {
            throw bad(name, "egrBufferBytes", egrBufferBytes, "2048 or 4096", "take 2048");
        }
        between(name, "rcvHdrCount", rcvHdrCount, 2, 65536, "one entry always stays free");
        if (!tailInMemory && rcvHdrCount % 13 == 0) {
            throw bad(
                    name,
                    "rcvHdrCount",
                    rcvHdrCount,
                    "no multiple of 13",
                    "RHF sequences repeat after 13");
        }
        between(name, "rcvHdrEntDwords", rcvHdrEntDwords, 16, 64, "take 32");
        if (rcvHdrEntDwords % 2 != 0) {
            throw bad(
                    name,
                    "rcvHdrEntDwords",
                    rcvHdrEntDwords,
                    "an even number",
                    "the RHF is a qword");
        }
        between(
                name,
                "rhfOffsetDwords",
                rhfOffsetDwords,
                0,
                rcvHdrEntDwords - 2,
                "it lies in the entry");
        between(
                name,
                "headerOffsetDwords",
                headerOffsetDwords,
                0,
                rcvHdrEntDwords - 14,
                "it lies in the entry");
        if (rhfOffsetDwords % 2 != 0 || headerOffsetDwords % 2 != 0) {
            throw bad(
                    name,
                    "rhfOffsetDwords|headerOffsetDwords",
                    rhfOffsetDwords | headerOffsetDwords,
                    "even",
                    "both are qwords");
        }
        if (rhfOffsetDwords + 2 > headerOffsetDwords && rhfOffsetDwords < headerOffsetDwords + 14) {
            throw bad(
                    name,
                    "rhfOffsetDwords",
                    rhfOffsetDwords,
                    "outside the header",
                    "the header has 14 dwords");
        }
        between(name, "updateThreshold", updateThreshold, 1, 31, "the chip has 5 bits for it");
    }

    /** A builder that starts with what most chips have in common. */
    public static Builder builder(String name, Family family) {
        return new Builder(name, family);
    }

    /**
     * The built-in model of this name, in any case, with or without {@code "IBA"}; a board name as
     * {@code "QLE7240"} does too.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ChipModel named(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "IBA6120", "6120", "QLE7140", "QLE7142", "QMH7140" -> IBA6120;
            case "IBA7220", "7220", "QLE7240", "QLE7280", "QLE7242", "QLE7250", "QLE7290" ->
                    IBA7220;
            case "IBA7322", "7322", "QLE7340", "QLE7342", "QMH7342", "QME7342" -> IBA7322;
            default ->
                    throw new IllegalArgumentException(
                            "no such chip model: model=" + name + " known=IBA6120,IBA7220,IBA7322");
        };
    }

    /** The contexts that users can have. */
    public int userContexts() {
        return contexts - firstUserContext;
    }

    public int pioAlign() {
        return PIO_ALIGN;
    }

    public int pio2kBytes() {
        return PIO_2K_BYTES;
    }

    /** All send buffers, the kernel's included. */
    public int pioCount() {
        return pio2kCount + pio4kCount;
    }

    /** What base info reports as the size of a send buffer: without the PBC. */
    public int piosize() {
        return PIO_2K_BYTES - 8;
    }

    /** The longest payload that the chip lets through: as much as an eager buffer holds. */
    public int mtuBytes() {
        return egrBufferBytes;
    }

    /** The longest packet, LRH to ICRC. */
    public int ibMaxLenBytes() {
        return mtuBytes() + IB_MAX_HEADER_BYTES;
    }

    /**
     * The payload of a full send buffer: what is left of it without header, ICRC and software CRC,
     * in 64s.
     */
    public int maxPayloadBytes() {
        return (piosize() - 56 - 4 - 8) & ~63;
    }

    public int tidMaxSize() {
        return TID_MAX_SIZE;
    }

    public int qpBase() {
        return QP_BASE;
    }

    /** The qwords of the avail registers, as users address them. */
    public int availQwords() {
        return (pioCount() + 31) / 32;
    }

    public int egrChunkBytes() {
        return EGR_CHUNK_BYTES;
    }

    /** Eager buffers in a chunk. */
    public int egrPerChunk() {
        return EGR_CHUNK_BYTES / egrBufferBytes;
    }

    public int egrChunks() {
        return (egrCount + egrPerChunk() - 1) / egrPerChunk();
    }

    /** Bytes of a context's eager area: whole chunks. */
    public int egrTotalBytes() {
        return egrChunks() * EGR_CHUNK_BYTES;
    }

    /** Where eager buffer {@code index} starts in the eager area. */
    public long egrOffsetBytes(int index) {
        return (long) (index / egrPerChunk()) * EGR_CHUNK_BYTES
                + (long) (index % egrPerChunk()) * egrBufferBytes;
    }

    public int rcvHdrEntBytes() {
        return rcvHdrEntDwords * 4;
    }

    /** Bytes of the rcvhdrq, as base info gives them. */
    public int rcvHdrBytes() {
        return rcvHdrCount * rcvHdrEntBytes();
    }

    /** Bytes of the rcvhdrq as it is allocated: whole pages. */
    public int rcvHdrAllocBytes() {
        return (rcvHdrBytes() + PAGE_BYTES - 1) & -PAGE_BYTES;
    }

    /** Where rcvhdrtail and rcvhdrhead wrap to 0. */
    public int rcvHdrRingDwords() {
        return rcvHdrCount * rcvHdrEntDwords;
    }

    /** Users find the next entry by its RHF sequence, not by a tail. */
    public boolean usesRhfSequence() {
        return !tailInMemory;
    }

    /** The chip checks TID flows and suppresses headers. */
    public boolean hasTidFlows() {
        return tidFlows != 0;
    }

    /** The flags of base info that follow from the model alone. */
    public int runtimeFlags() {
        int flags = RuntimeFlags.PCIE;
        flags |= tailInMemory ? 0 : RuntimeFlags.NODMA_RTAIL;
        flags |= specialTrigger ? RuntimeFlags.SPECIAL_TRIGGER : 0;
        flags |= forcePioAvail ? RuntimeFlags.FORCE_PIOAVAIL : 0;
        flags |= availSwapped ? RuntimeFlags.PIO_REGSWAPPED : 0;
        flags |= family == Family.QLE73XX ? RuntimeFlags.RCHK | RuntimeFlags.CTXT_MSB_IN_QP : 0;
        flags |= hasTidFlows() ? RuntimeFlags.HDRSUPP : 0;
        return flags;
    }

    /**
     * A builder with this model's values. An update threshold that follows the driver's rule goes
     * on following it.
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * The threshold that the driver writes: so low that a context with few buffers does not wait
     * for ever. A QLE71XX has no threshold, so every freed buffer is reported.
     */
    private static int driversThreshold(Family family, int buffersPerContext) {
        return family == Family.QLE71XX
                ? 1
                : Math.min(USUAL_UPDATE_THRESHOLD, buffersPerContext - 2);
    }

    private static void between(
            String model, String key, int value, int min, int max, String remedy) {
        if (value < min || value > max) {
            throw bad(model, key, value, min + ".." + max, remedy);
        }
    }

    private static IllegalArgumentException bad(
            String model, String key, int value, String bound, String remedy) {
        return new IllegalArgumentException(
                "chip model out of bounds: model="
                        + model
                        + " "
                        + key
                        + "="
                        + value
                        + " allowed="
                        + bound
                        + ": "
                        + remedy);
    }

    /** Collects the values of a model; {@link #build} checks them. */
    public static final class Builder {
        private final String name;
        private final Family family;
        private int contexts = 5;
        private int firstUserContext = 1;
        private int ibPorts = 1;
        private int pio2kCount = 128;
        private int pio4kCount;
        private int kernelPioReserve = 0;
        private int tidCount = 512;
        private int tidFlows;
        private int egrCount = 1024;
        private int egrBufferBytes = 2048;
        private int rcvHdrCount = 2048;
        private int rcvHdrEntDwords = 32;
        private int rhfOffsetDwords;
        private int headerOffsetDwords;
        private boolean tailInMemory;
        private boolean useEgrBit;
        private boolean specialTrigger;
        private boolean forcePioAvail;
        private boolean availSwapped;
        private int updateThreshold; // 0: follow the driver's rule
        private int hwVersion;

        private Builder(String name, Family family) {
            this.name = name;
            this.family = family;
        }

        private Builder(ChipModel model) {
            name = model.name;
            family = model.family;
            contexts = model.contexts;
            firstUserContext = model.firstUserContext;
            ibPorts = model.ibPorts;
            pio2kCount = model.pio2kCount;
            pio4kCount = model.pio4kCount;
            kernelPioReserve = model.kernelPioReserve;
            tidCount = model.tidCount;
            tidFlows = model.tidFlows;
            egrCount = model.egrCount;
            egrBufferBytes = model.egrBufferBytes;
            rcvHdrCount = model.rcvHdrCount;
            rcvHdrEntDwords = model.rcvHdrEntDwords;
            rhfOffsetDwords = model.rhfOffsetDwords;
            headerOffsetDwords = model.headerOffsetDwords;
            tailInMemory = model.tailInMemory;
            useEgrBit = model.useEgrBit;
            specialTrigger = model.specialTrigger;
            forcePioAvail = model.forcePioAvail;
            availSwapped = model.availSwapped;
            hwVersion = model.hwVersion;
            int perContext = PioDivision.of(model).perContext();
            boolean ruled = model.updateThreshold == driversThreshold(family, perContext);
            updateThreshold = ruled ? 0 : model.updateThreshold;
        }

        public Builder contexts(int value) {
            contexts = value;
            return this;
        }

        public Builder firstUserContext(int value) {
            firstUserContext = value;
            return this;
        }

        public Builder ibPorts(int value) {
            ibPorts = value;
            return this;
        }

        public Builder pio2kCount(int value) {
            pio2kCount = value;
            return this;
        }

        public Builder pio4kCount(int value) {
            pio4kCount = value;
            return this;
        }

        public Builder kernelPioReserve(int value) {
            kernelPioReserve = value;
            return this;
        }

        public Builder tidCount(int value) {
            tidCount = value;
            return this;
        }

        public Builder tidFlows(int value) {
            tidFlows = value;
            return this;
        }

        public Builder egrCount(int value) {
            egrCount = value;
            return this;
        }

        public Builder egrBufferBytes(int value) {
            egrBufferBytes = value;
            return this;
        }

        public Builder rcvHdrCount(int value) {
            rcvHdrCount = value;
            return this;
        }

        public Builder rcvHdrEntDwords(int value) {
            rcvHdrEntDwords = value;
            return this;
        }

        public Builder rhfOffsetDwords(int value) {
            rhfOffsetDwords = value;
            return this;
        }

        public Builder headerOffsetDwords(int value) {
            headerOffsetDwords = value;
            return this;
        }

        public Builder tailInMemory(boolean value) {
            tailInMemory = value;
            return this;
        }

        public Builder useEgrBit(boolean value) {
            useEgrBit = value;
            return this;
        }

        public Builder specialTrigger(boolean value) {
            specialTrigger = value;
            return this;
        }

        public Builder forcePioAvail(boolean value) {
            forcePioAvail = value;
            return this;
        }

        public Builder availSwapped(boolean value) {
            availSwapped = value;
            return this;
        }

        public Builder updateThreshold(int value) {
            updateThreshold = value;
            return this;
        }

        public Builder hwVersion(int value) {
            hwVersion = value;
            return this;
        }

        /**
         * The model.
         *
         * @throws IllegalArgumentException if a value is out of bounds; the message names it, the
         *     bound and the remedy
         */
        public ChipModel build() {
            return new ChipModel(
                    name,
                    family,
                    contexts,
                    firstUserContext,
                    ibPorts,
                    pio2kCount,
                    pio4kCount,
                    kernelPioReserve,
                    tidCount,
                    tidFlows,
                    egrCount,
                    egrBufferBytes,
                    rcvHdrCount,
                    rcvHdrEntDwords,
                    rhfOffsetDwords,
                    headerOffsetDwords,
                    tailInMemory,
                    useEgrBit,
                    specialTrigger,
                    forcePioAvail,
                    availSwapped,
                    threshold(),
                    hwVersion);
        }

        private int threshold() {
            if (updateThreshold != 0) {
                return updateThreshold;
            }
            int perContext =
                    (pio2kCount - kernelPioReserve) / Math.max(1, contexts - firstUserContext);
            return driversThreshold(family, Math.max(perContext, PioDivision.MIN_PER_CONTEXT));
        }
    }
}
