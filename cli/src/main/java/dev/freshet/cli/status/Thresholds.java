package dev.freshet.cli.status;

import dev.freshet.model.config.FreshetConfig;
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
    private static final Duration STALENESS = Duration.ofSeconds(10);

    /**
     * Those that count where nothing else is said. After a truncate, a change of a {@code match} cache or a gap, the writer
     * acknowledges half of the fence window later, when it has taken back what readers filled meanwhile.
     */
    public static Thresholds of(FreshetConfig config) {
        return new Thresholds(
                STALENESS.plus(config.writer().fenceWindow().dividedBy(2)),
                config.postgres().maxRetainedWal(),
                0);
    }
}
