package dev.freshet.client;

import java.time.Duration;
import java.util.Optional;

/**
 * What a read returns, and how it came.
 *
 * @param staleness the value has every change that was visible at the source longer ago than this; empty where that is
 *     not known: nothing was demanded, or no watermark is known
 */
public record Answer<T>(Optional<T> value, Outcome outcome, Optional<Duration> staleness) {

    /** Whether the value may be staler than allowed, and is returned because {@link Freshness.WhenStale#FLAG} asked for that. */
    public boolean isStale() {
        return outcome == Outcome.STALE;
    }
}
