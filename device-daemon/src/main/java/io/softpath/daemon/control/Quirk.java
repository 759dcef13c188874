package io.softpath.daemon.control;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Oddities of the real driver. The sane behaviour is the default; each of these brings one of them
 * back, so that the history can be shown and old software tried against it.
 */
public enum Quirk {
    /**
     * With every context taken, opening any unit answers ENETDOWN instead of EBUSY. Source:
     * qib_file_ops.c, get_a_ctxt.
     */
    ENETDOWN_WHEN_ALL_BUSY(
            "all contexts taken: the any-unit node answers ENETDOWN instead of EBUSY"),
    /**
     * Link events reach only the first open context. Source: qib_file_ops.c, qib_set_uevent_bits.
     */
    EVENTS_FIRST_CONTEXT_ONLY("link events reach only the first open context"),
    /**
     * A poll that has to wait puts the chip's header queue head back to 0. Source: qib_file_ops.c,
     * qib_poll_next.
     */
    POLL_REWINDS_HEAD("a poll that waits rewinds the chip's header queue head to 0"),
    /** The event page may be mapped writable. Source: qib_file_ops.c, mmap_kvaddr. */
    EVENT_PAGE_WRITABLE(
            "the event page may be mapped writable (by clients of your own: softpath's library"
                    + " refuses such a page)"),
    /**
     * mmap answers as the driver posted in March 2006: over-length is EFAULT for every kind, a
     * readable PIO map EPERM.
     */
    MMAP_ERA_MAIL("mmap rules of the driver in the mail of March 2006"),
    /**
     * mmap answers as Linux 2.6.17 to 2.6.19: over-length is EFAULT for every kind, MAP_PRIVATE
     * allowed.
     */
    MMAP_ERA_REMAP("mmap rules of Linux 2.6.17 to 2.6.19"),
    /**
     * The memlock limit binds each TID_UPDATE by itself: with several a process pins as much as it
     * likes. Source: qib_user_pages.c, __qib_get_user_pages.
     */
    MEMLOCK_PER_CALL("the memlock limit binds each TID_UPDATE by itself, not all of them together"),
    /**
     * Pages are released first, their TIDs taken out of the chip some time later: a late packet
     * writes into a page that its owner has back. Source: Linux 2.6.18, ipath_file_ops.c,
     * ipath_close.
     */
    TIDS_OUTLIVE_PINS(
            "pages are released at once, their TIDs taken out of the chip only after"
                    + " --tid-window-ms");

    private final String purpose;

    Quirk(String purpose) {
        this.purpose = purpose;
    }

    /** What it brings back, for help texts. */
    public String purpose() {
        return purpose;
    }

    /** The name on the command line, such as {@code poll-rewinds-head}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The quirk with that name; case, {@code -} and {@code _} do not matter.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Quirk named(String name) {
        String wanted = name.trim().toLowerCase(Locale.ROOT).replace('_', '-');
        for (Quirk quirk : values()) {
            if (quirk.optionName().equals(wanted)) {
                return quirk;
            }
        }
        throw new IllegalArgumentException(
                "quirk: name="
                        + name
                        + " is unknown, choose from "
                        + Arrays.stream(values())
                                .map(Quirk::optionName)
                                .collect(Collectors.joining(", ")));
    }

    /** A set from a comma-separated list; an empty text is the empty set. */
    public static Set<Quirk> parse(String list) {
        Set<Quirk> quirks = EnumSet.noneOf(Quirk.class);
        for (String name : list.split(",", -1)) {
            if (!name.isBlank()) {
                quirks.add(named(name));
            }
        }
        return quirks;
    }
}
