package io.softpath.flight;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.ArrayList;
import java.util.List;

/** What this JVM must have been told so that Chronicle runs in it. Loads nothing of Chronicle. */
final class ChronicleFlags {
    private static final String[] OPENED = {
        "sun.nio.ch", "java.lang", "java.lang.reflect", "java.nio"
    };
    private static final String EXPORTED = "jdk.internal.ref";

    private ChronicleFlags() {}

    /**
     * Without the flags Chronicle fails deep inside, and says that a queue is read-only.
     *
     * @throws SoftpathException EOPNOTSUPP, naming what is missing and how to get it
     */
    static void check() {
        List<String> missing = missing(Object.class.getModule(), ChronicleFlags.class.getModule());
        if (!missing.isEmpty()) {
            throw SoftpathException.of(
                    Errno.EOPNOTSUPP,
                    "this JVM cannot record or read journals: missing=\""
                            + String.join(" ", missing)
                            + "\" remedy=\"start it with softpath run, or with java @jvm.flags,"
                            + " the file beside softpath.jar\"");
        }
    }

    static List<String> missing(Module base, Module ours) {
        List<String> missing = new ArrayList<>();
        for (String name : OPENED) {
            if (!base.isOpen(name, ours)) {
                missing.add("--add-opens=java.base/" + name + "=ALL-UNNAMED");
            }
        }
        if (!base.isExported(EXPORTED, ours)) {
            missing.add("--add-exports=java.base/" + EXPORTED + "=ALL-UNNAMED");
        }
        return missing;
    }
}
