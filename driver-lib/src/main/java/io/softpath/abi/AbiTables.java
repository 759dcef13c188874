package io.softpath.abi;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.PageAreaRecord;
import io.softpath.abi.control.PageBlockRecord;
import io.softpath.abi.control.PageEventRecord;
import io.softpath.abi.control.PageLedgerRecord;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.RegisterRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.TidRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.control.VmaRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.Tokens;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.abi.register.NamedField;
import io.softpath.abi.register.Register;
import io.softpath.abi.register.StructField;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Prints the binary interface as Markdown, from the tables that the code itself uses: docs/abi.md.
 * A test compares the two; to write the document anew, run {@link #main} with its path, or that
 * test with {@code -Dsoftpath.docs.write=true}.
 */
public final class AbiTables {
    private final StringBuilder out = new StringBuilder();

    private AbiTables() {}

    /**
     * Writes the document to the file that the only argument names; without an argument, to
     * standard output.
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 1) {
            throw new IllegalArgumentException("one file at most: arguments=" + args.length);
        }
        if (args.length == 0) {
            System.out.print(markdown());
        } else {
            Files.writeString(Path.of(args[0]), markdown());
        }
    }

    /** The whole document. */
    public static String markdown() {
        AbiTables tables = new AbiTables();
        tables.write();
        return tables.out.toString();
    }

    private void write() {
        line("# The binary interface");
        line("");
        line(
                "<!-- Written by io.softpath.abi.AbiTables; a test compares them. Do not edit. To"
                        + " write it anew:");
        line(
                "     mvn -pl driver-lib -am test -Dtest=AbiTablesTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false");
        line("     -Dsoftpath.docs.write=true -->");
        line("");
        line(
                "What chip, driver and user process agree on, byte for byte: user ABI 1.13. All of"
                        + " it is little-endian,");
        line(
                "except for the InfiniBand headers (LRH, BTH), which are in wire order. A dword has"
                        + " 4 bytes, a qword 8.");
        line(
                "Entries marked *softpath* are not the real chip's or driver's; a client sees them"
                        + " only if it asks.");
        registers();
        tidFlows();
        packets();
        avail();
        regions();
        commands();
        structures();
        inspect();
        bits();
        counters();
        models();
    }

    private void registers() {
        section("User registers");
        line(
                "One page of "
                        + UserRegisters.PAGE_BYTES
                        + " bytes for each context, 8 bytes for each register.");
        header("byte", "name", "user may", "meaning");
        for (Register register : UserRegisters.ALL) {
            row(register.offset(), register.name(), lower(register.access()), register.purpose());
        }
    }

    private void tidFlows() {
        section("TID flow registers");
        line(
                "On IBA7322: 32 registers from byte "
                        + UserRegisters.RCVTIDFLOW_OFFSET
                        + " of the user registers on, 8 bytes apart, of which the lower 32 bits are"
                        + " used.");
        fields(TidFlow.FIELDS);
    }

    private void packets() {
        section("PBC: per-buffer control");
        line("The first qword of a send buffer.");
        fields(Pbc.FIELDS);
        line("");
        line(
                "Special trigger: `"
                        + hex(Pbc.SPECIAL_TRIGGER_MAGIC)
                        + "` at byte "
                        + Pbc.SPECIAL_TRIGGER_OFFSET
                        + " of the buffer.");

        section("Message header");
        line("The " + MessageHeader.BYTES + " bytes behind the PBC.");
        layout(MessageHeader.LAYOUT);
        subsection("LRH, qword in wire order");
        fields(Lrh.FIELDS);
        subsection("BTH, three dwords in wire order");
        fields(Bth.BTH0_FIELDS);
        fields(Bth.BTH1_FIELDS);
        fields(Bth.BTH2_FIELDS);
        subsection("vcto");
        fields(IpathHeader.VCTO_FIELDS);
        line("");
        line(
                "`chksum = 2 + LRH length - vcto high - vcto low - pktFlags`, modulo 65536. How a"
                        + " destination context is written:");
        header("class", "context", "context field", "QP");
        for (ChipModel.Family family : ChipModel.Family.values()) {
            for (int context : new int[] {1, 15, 16, 17}) {
                if (context < family.maxContexts()) {
                    row(
                            family,
                            context,
                            IpathHeader.contextField(family, context),
                            hex(IpathHeader.qp(family, ChipModel.QP_BASE, context)));
                }
            }
        }

        subsection("PSN of an expected packet");
        fields(ExpectedPsn.FIELDS);
        subsection("Gather record (softpath): behind the header of a buffer whose PBC says gather");
        layout(GatherRecord.LAYOUT);
        subsection("TID session list: what a receiver grants");
        layout(TidSessionList.LAYOUT);

        section("RHF: receive header flags");
        line("The qword that the chip stores last in a rcvhdrq entry.");
        fields(Rhf.FIELDS);
    }

    private void avail() {
        section("Avail page");
        line("Buffer n: bit 2 (n mod 32) of qword n / 32 is check, the bit above is busy.");
        header("model", "avail qwords", "device status", "status of port 1", "freeze text");
        for (ChipModel model : ChipModel.ALL) {
            row(
                    model.name(),
                    model.availQwords(),
                    AvailPage.statusOffset(model),
                    AvailPage.portStatusOffset(model, 1),
                    AvailPage.textOffset(model));
        }
        line("");
        line(
                "*softpath:* u32 at "
                        + AvailPage.CHIP_ASLEEP
                        + " is 1 while the chip sleeps and a launch needs the doorbell.");
    }

    private void regions() {
        section("Regions");
        header(
                "number",
                "kind",
                "the mail's name",
                "user may",
                "sealed against user writes",
                "too long",
                "what");
        for (RegionKind kind : RegionKind.values()) {
            row(
                    kind.number(),
                    kind.label(),
                    kind.mailName(),
                    lower(kind.access()),
                    kind.readOnlyByKernel() ? "yes" : "no",
                    kind.tooLong() == 14 ? "EFAULT" : "EINVAL",
                    kind.purpose());
        }
        line("");
        line("Bytes that a context's owner can map, and the token of the first user context; n:");
        line("how many processes share the context:");
        List<String> head = new ArrayList<>(List.of("kind"));
        ChipModel.ALL.forEach(model -> head.addAll(List.of(model.name(), model.name() + " token")));
        header(head.toArray(String[]::new));
        for (RegionKind kind : RegionKind.values()) {
            List<Object> row = new ArrayList<>(List.of(kind.label()));
            for (ChipModel model : ChipModel.ALL) {
                PioDivision division = PioDivision.of(model);
                boolean exists = kind.exists(model);
                boolean ever = exists || kind.onlyShared();
                long bytes = kind.maxBytes(model, division.count(model.firstUserContext()), 1);
                row.add(exists ? bytes : ever ? bytes + " n" : "none");
                row.add(ever ? hex(token(kind, model, division)) : "0");
            }
            row(row.toArray());
        }
    }

    private static long token(RegionKind kind, ChipModel model, PioDivision division) {
        int context = model.firstUserContext();
        return Tokens.token(kind, model, context, division.first(context));
    }

    private void commands() {
        section("Commands");
        line("Code at byte 0, payload at byte 8. The result is 4 + payload bytes.");
        header("code", "command", "payload bytes", "since", "does");
        for (Command command : Command.values()) {
            row(
                    command.code(),
                    command,
                    command.payloadBytes(),
                    "1." + command.since(),
                    command.purpose());
        }
    }

    private void structures() {
        section("Structures of commands");
        struct("user_info", UserInfo.BYTES, UserInfo.LAYOUT);
        struct("base_info", BaseInfo.BYTES, BaseInfo.LAYOUT);
        struct("ctxt_info", ContextInfo.BYTES, ContextInfo.LAYOUT);
        struct("tid_info", TidInfo.BYTES, TidInfo.LAYOUT);
    }

    private void inspect() {
        section("Records of INSPECT (softpath)");
        struct("unit", UnitRecord.BYTES, UnitRecord.LAYOUT);
        struct("context", ContextRecord.BYTES, ContextRecord.LAYOUT);
        struct("vma", VmaRecord.BYTES, VmaRecord.LAYOUT);
        struct("register", RegisterRecord.BYTES, RegisterRecord.LAYOUT);
        struct("pin", PinRecord.BYTES, PinRecord.LAYOUT);
        struct("tid", TidRecord.BYTES, TidRecord.LAYOUT);
        struct("page ledger", PageLedgerRecord.BYTES, PageLedgerRecord.LAYOUT);
        struct("page block", PageBlockRecord.BYTES, PageBlockRecord.LAYOUT);
        struct("page area", PageAreaRecord.BYTES, PageAreaRecord.LAYOUT);
        struct("page event", PageEventRecord.BYTES, PageEventRecord.LAYOUT);
    }

    private void bits() {
        section("Runtime flags");
        header("bit", "name", "meaning");
        RuntimeFlags.ALL.forEach(flag -> row(hex(flag.bit()), flag.name(), flag.purpose()));
        section("Status bits");
        header("bit", "name", "status_str", "meaning");
        UnitStatus.ALL.forEach(bit -> row(hex(bit.bit()), bit.name(), bit.word(), bit.purpose()));
        section("Event bits");
        header("bit", "name", "meaning");
        UserEvent.ALL.forEach(bit -> row(hex(bit.bit()), bit.name(), bit.purpose()));
        section("Error status bits");
        header("bit", "name", "meaning");
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if (!ErrorStatus.purpose(bit).isEmpty()) {
                row(bit, ErrorStatus.names(1L << bit).getFirst(), ErrorStatus.purpose(bit));
            }
        }
    }

    private void counters() {
        section("Chip counters");
        line("`Ctxt<n>` counters exist once for each context.");
        header("name", "error", "counts");
        for (ChipCounter counter : ChipCounter.values()) {
            String name =
                    counter.perContext() ? "Ctxt&lt;n&gt;" + counter.label() : counter.label();
            row(name, counter.error() ? "yes" : "", counter.purpose());
        }
        section("Driver counters");
        header("name", "error", "counts");
        for (DriverCounter counter : DriverCounter.values()) {
            row(counter.label(), counter.error() ? "yes" : "", counter.purpose());
        }
    }

    private void models() {
        section("Chip models");
        List<String> head = new ArrayList<>(List.of("quantity"));
        ChipModel.ALL.forEach(model -> head.add(model.name()));
        header(head.toArray(String[]::new));
        model("class", ChipModel::family);
        model("contexts, the kernel's included", ChipModel::contexts);
        model("user contexts", ChipModel::userContexts);
        model("2K send buffers", ChipModel::pio2kCount);
        model("4K send buffers, all the kernel's", ChipModel::pio4kCount);
        model("2K send buffers of a user context", model -> PioDivision.of(model).perContext());
        model("bytes from one send buffer to the next", ChipModel::pioAlign);
        model("avail update threshold", ChipModel::updateThreshold);
        model("expected TIDs of a context", ChipModel::tidCount);
        model("TID flows of a context", ChipModel::tidFlows);
        model("eager buffers of a context", ChipModel::egrCount);
        model("bytes of an eager buffer", ChipModel::egrBufferBytes);
        model("bytes of the eager area", ChipModel::egrTotalBytes);
        model("rcvhdrq entries", ChipModel::rcvHdrCount);
        model("dwords of an entry", ChipModel::rcvHdrEntDwords);
        model("bytes of the rcvhdrq", ChipModel::rcvHdrBytes);
        model("RHF at dword", ChipModel::rhfOffsetDwords);
        model("packet header at dword", ChipModel::headerOffsetDwords);
        model(
                "next entry is found by",
                model -> model.usesRhfSequence() ? "RHF sequence" : "tail in memory");
        model("launched by", model -> model.specialTrigger() ? "special trigger" : "last dword");
        model(
                "RHF says whether an eager buffer was used",
                model -> model.useEgrBit() ? "yes" : "no");
        model("piosize", ChipModel::piosize);
        model("longest packet, bytes", ChipModel::ibMaxLenBytes);
        model("MTU, bytes", ChipModel::mtuBytes);
        model("payload of a full send buffer, bytes", ChipModel::maxPayloadBytes);
        model("runtime flags", model -> hex(model.runtimeFlags()));
        model("hardware revision", model -> hex(model.hwVersion()));
    }

    private void model(String quantity, Function<ChipModel, Object> value) {
        List<Object> row = new ArrayList<>(List.of(quantity));
        ChipModel.ALL.forEach(model -> row.add(value.apply(model)));
        row(row.toArray());
    }

    private void struct(String name, int bytes, List<StructField> layout) {
        subsection(name + ", " + bytes + " bytes");
        layout(layout);
    }

    private void layout(List<StructField> layout) {
        header("byte", "bytes", "name", "meaning");
        layout.forEach(field -> row(field.offset(), field.bytes(), field.name(), field.purpose()));
    }

    private void fields(List<NamedField> fields) {
        header("bits", "name", "meaning");
        fields.forEach(field -> row(field.bits(), field.name(), field.purpose()));
    }

    private void section(String title) {
        line("");
        line("## " + title);
        line("");
    }

    private void subsection(String title) {
        line("");
        line("### " + title);
    }

    private void header(String... cells) {
        if (!out.toString().endsWith("\n\n")) {
            line("");
        }
        row((Object[]) cells);
        line("|" + "---|".repeat(cells.length));
    }

    private void row(Object... cells) {
        out.append('|');
        for (Object cell : cells) {
            out.append(' ').append(cell).append(" |");
        }
        out.append('\n');
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
