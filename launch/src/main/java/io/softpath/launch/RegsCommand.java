package io.softpath.launch;

import io.softpath.abi.control.RegisterRecord;
import io.softpath.driver.control.Inspector;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** The registers of the chips, under the names of their documents. */
@Command(name = "regs", description = "Show the registers of chips and contexts.")
final class RegsCommand extends ViewCommand<List<RegisterRecord>> {
    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Only this context (default: all, and the chip's own).")
    private Integer context;

    @Override
    List<RegisterRecord> look(Inspector inspector, int[] units) {
        List<RegisterRecord> all = new ArrayList<>();
        for (int unit : units) {
            for (RegisterRecord register : inspector.registers(unit)) {
                if (context == null || register.context() == context) {
                    all.add(register);
                }
            }
        }
        return all;
    }

    @Override
    void show(List<RegisterRecord> seen, PrintWriter out, Ansi ansi) {
        Table table = new Table(">UNIT", ">CTX", "REGISTER", ">HEX", ">DECIMAL");
        for (RegisterRecord register : seen) {
            table.row(
                    register.unit(),
                    register.context() < 0 ? "-" : register.context(),
                    register.name(),
                    Human.hex(register.value()),
                    Long.toUnsignedString(register.value()));
        }
        table.print(out, ansi);
    }
}
