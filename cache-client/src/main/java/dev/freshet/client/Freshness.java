package dev.freshet.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How fresh a read's answer must be. Immutable; made by {@link ReadOptions}.
 *
 * @param maxStaleness a cached value must have every change that was visible at the source longer ago than this
 * @param whenStale what happens to a cached value of which that is not known
 * @param notOlderThan the answer must have everything that was committed before this token was taken
 */
public record Freshness(Optional<Duration> maxStaleness, WhenStale whenStale, Optional<WriteToken> notOlderThan) {

    static final Freshness ANY = new Freshness(Optional.empty(), WhenStale.BYPASS, Optional.empty());

    /** What to do with a cached value that may be staler than allowed. */
    public enum WhenStale {
        /** Load from the source; what is loaded is not stored. */
        BYPASS,
        /** Return it all the same: the {@link Answer} says {@link Outcome#STALE}. */
        FLAG
    }

    public Freshness {
        if (maxStaleness.filter(limit -> limit.isZero() || limit.isNegative()).isPresent()) {
            throw new IllegalArgumentException("no cached value is that fresh: " + maxStaleness.get());
        }
    }

    boolean isDemanded() {
        return maxStaleness.isPresent() || notOlderThan.isPresent();
    }
}
