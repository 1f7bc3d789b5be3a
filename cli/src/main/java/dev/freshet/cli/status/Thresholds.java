package dev.freshet.cli.status;

import java.time.Duration;

/**
 * What counts as broken.
 *
 * @param staleness how old the watermark, the newest heartbeat and the oldest record that waits may be
 * @param retained bytes of log that the slot may hold back
 * @param deadLetters how many may be open
 */
public record Thresholds(Duration staleness, long retained, int deadLetters) {

    /** Heartbeats come each second; a rebalance after a writer was killed takes six. */
    public static final Duration STALENESS = Duration.ofSeconds(10);
}
