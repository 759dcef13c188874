package io.softpath.launch;

import picocli.CommandLine.Help.Ansi;

import java.util.Map;

/** What standard output is: a terminal that shows colour, or something that only takes text. */
final class Terminal {
    private Terminal() {}

    /** Colour only on a terminal, and only if NO_COLOR and TERM have nothing against it. */
    static Ansi ansi(Map<String, String> environment, boolean terminal) {
        boolean unwanted = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean unable = environment.getOrDefault("TERM", "dumb").equals("dumb");
        return terminal && !unwanted && !unable ? Ansi.ON : Ansi.OFF;
    }
}
