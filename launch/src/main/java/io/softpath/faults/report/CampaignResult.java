package io.softpath.faults.report;

import java.util.List;

/**
 * What became of a campaign.
 *
 * @param seed of all its schedules
 * @param started when, as ISO 8601
 * @param command how it was started
 * @param machine on what
 * @param rounds in order
 */
public record CampaignResult(
        long seed, String started, String command, String machine, List<RoundResult> rounds) {
    /** All that was wrong. */
    public List<Found> found() {
        return rounds.stream().flatMap(round -> round.found().stream()).toList();
    }
}
