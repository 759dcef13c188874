package io.softpath.flight;

import io.softpath.abi.control.Command;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.register.ChipCounter;
import io.softpath.error.Errno;

/**
 * One of the numbers of an event: its name and how people read it.
 *
 * @param name as in dumps and in JSON
 * @param format how it is printed
 */
public record FlightField(String name, Format format) {
    /** How a number is printed. JSON has the plain number, signed, whatever the format. */
    public enum Format {
        /** Signed decimal. */
        DECIMAL,
        /** Hexadecimal with 0x, unsigned. */
        HEX,
        /** The name of an errno if it is negative, as the kernel returns them. */
        ERRNO,
        /** A command of the driver's interface. */
        COMMAND,
        /** A request of the control channel. */
        REQUEST,
        /** An endpoint id: LID.CONTEXT. */
        ENDPOINT,
        /** A counter of the chip. */
        COUNTER,
        /** What the wire did with a packet. */
        OUTCOME
    }

    private static final String[] OUTCOMES = {"sent", "back-pressure", "no-route"};
    private static final String[] REQUESTS = {
        "bad",
        "write",
        "mmap",
        "poll",
        "features",
        "inspect",
        "doorbell",
        "munmap",
        "admin",
        "mem-create",
        "mem-bind",
        "mem-free",
        "driver-file",
        "direct-open",
        "direct-grant",
        "direct-map"
    };

    static FlightField named(String name, Format format) {
        return new FlightField(name, format);
    }

    static FlightField decimal(String name) {
        return new FlightField(name, Format.DECIMAL);
    }

    static FlightField hex(String name) {
        return new FlightField(name, Format.HEX);
    }

    static FlightField errno(String name) {
        return new FlightField(name, Format.ERRNO);
    }

    /** The number as people read it. */
    public String text(long value) {
        return switch (format) {
            case DECIMAL -> Long.toString(value);
            case HEX -> "0x" + Long.toHexString(value);
            case ERRNO ->
                    value >= 0 ? Long.toString(value) : Errno.of((int) Math.abs(value)).name();
            case COMMAND -> {
                Command command = Command.of((int) value);
                yield command == null ? Long.toString(value) : command.name();
            }
            case REQUEST -> word(REQUESTS, value);
            case ENDPOINT -> endpoint(value);
            case COUNTER ->
                    value >= 0 && value < ChipCounter.values().length
                            ? ChipCounter.values()[(int) value].label()
                            : Long.toString(value);
            case OUTCOME -> word(OUTCOMES, value);
        };
    }

    private static String endpoint(long value) {
        try {
            EndpointId id = new EndpointId(value);
            return id.lid()
                    + "."
                    + id.context()
                    + (id.subcontext() == 0 ? "" : "." + id.subcontext());
        } catch (IllegalArgumentException e) {
            return "0x" + Long.toHexString(value); // nobody's id
        }
    }

    private static String word(String[] words, long value) {
        return value >= 0 && value < words.length ? words[(int) value] : Long.toString(value);
    }
}
