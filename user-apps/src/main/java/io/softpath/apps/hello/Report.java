package io.softpath.apps.hello;

import io.softpath.driver.Context;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What one rank has seen, for the launcher's table.
 *
 * @param mappings the memory of the context, with what the kernel says of it
 * @param sent greeting packets sent
 * @param received greeting packets received and compared with what they should be
 * @param checksum CRC-32 of everything received, peer by peer
 * @param problem what went wrong, or empty
 */
record Report(
        int rank,
        String address,
        int unit,
        List<Mapped> mappings,
        int peers,
        long sent,
        long received,
        String checksum,
        long elapsedMs,
        String problem) {
    /** One mapping. */
    record Mapped(
            String kind,
            String label,
            long bytes,
            String access,
            String permissions,
            String vmFlags,
            boolean locked,
            String violations) {
        private String json() {
            return String.format(
                    "{\"kind\":%s,\"label\":%s,\"bytes\":%d,\"access\":%s,\"permissions\":%s,"
                            + "\"vmFlags\":%s,\"locked\":%b,\"violations\":%s}",
                    quote(kind),
                    quote(label),
                    bytes,
                    quote(access),
                    quote(permissions),
                    quote(vmFlags),
                    locked,
                    quote(violations));
        }
    }

    static Report of(
            int rank, Context context, Greeter greeter, long elapsedNs, String exchangeProblem) {
        List<Mapped> mappings =
                context.mappings().stream()
                        .map(vma ->
                                new Mapped(
                                        vma.kind().mailName(),
                                        vma.kind().label(),
                                        vma.bytes(),
                                        vma.access().name(),
                                        vma.permissions(),
                                        String.join(" ", new TreeSet<>(vma.vmFlags())),
                                        vma.vmFlags().contains("lo"),
                                        String.join(", ", vma.violations())))
                        .toList();
        String problem =
                mappings.stream()
                        .filter(mapped -> !mapped.violations.isEmpty())
                        .map(mapped -> "mapping " + mapped.label + ": " + mapped.violations)
                        .collect(Collectors.joining("; "));
        return new Report(
                rank,
                context.address().toString(),
                context.baseInfo().unit(),
                mappings,
                greeter.peerCount(),
                greeter.sent(),
                greeter.received(),
                greeter.checksum(),
                TimeUnit.NANOSECONDS.toMillis(elapsedNs),
                exchangeProblem.isEmpty() ? problem : exchangeProblem);
    }

    boolean ok() {
        return problem.isEmpty();
    }

    String sentence() {
        return String.format(
                "rank %d (%s) greeted %d %s: %d packets sent, %d received, checksum %s, %d ms%s",
                rank,
                address,
                peers,
                peers == 1 ? "rank" : "ranks",
                sent,
                received,
                checksum,
                elapsedMs,
                ok() ? "" : ": " + problem);
    }

    String json() {
        return String.format(
                "{\"rank\":%d,\"address\":%s,\"unit\":%d,\"ok\":%b,\"mappings\":[%s],\"peers\":%d,"
                        + "\"packetsSent\":%d,\"packetsReceived\":%d,\"checksum\":%s,"
                        + "\"elapsedMs\":%d,\"problem\":%s}",
                rank,
                quote(address),
                unit,
                ok(),
                mappings.stream().map(Mapped::json).collect(Collectors.joining(",")),
                peers,
                sent,
                received,
                quote(checksum),
                elapsedMs,
                quote(problem));
    }

    /** A JSON string. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
