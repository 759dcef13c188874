package io.softpath.stat;

/**
 * What a statistics file is about.
 *
 * @param abiVersion of the daemon, major in the upper half
 * @param daemonPid who writes the file
 * @param unit number of the unit
 * @param model name of its chip model
 * @param contexts receive contexts of the chip, the kernel's included
 * @param lid local identifier of its port
 * @param guid globally unique identifier of its node
 * @param startTimeMs when the daemon started the unit, ms since 1970
 */
public record StatInfo(
        int abiVersion,
        int daemonPid,
        int unit,
        String model,
        int contexts,
        int lid,
        long guid,
        long startTimeMs) {}
