package io.softpath.faults.report;

import java.util.List;
import java.util.Map;

/**
 * What became of a round.
 *
 * @param atMs when it began, since the campaign did
 * @param ms how long it took
 * @param faults how many of each kind
 * @param points how many processes killed themselves at each named point
 * @param messages how many were sent, acknowledged, failed and delivered
 * @param lostMs how long after the end of a daemon each rank knew of it
 * @param happenings for the time line
 * @param found what was wrong
 */
public record RoundResult(
        int round,
        long atMs,
        long ms,
        Map<String, Integer> faults,
        Map<String, Integer> points,
        Map<String, Long> messages,
        List<Double> lostMs,
        List<Happening> happenings,
        List<Found> found) {}
