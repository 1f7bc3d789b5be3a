package dev.freshet.demo.api;

import dev.freshet.client.Freshness;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.WriteToken;
import java.time.Duration;
import java.util.Optional;

/**
 * How fresh an answer must be.
 *
 * @param maxStaleness it has every change that was visible in the database longer ago than this
 * @param notOlderThan it has everything that was committed before this token was taken
 */
record Demand(Optional<Duration> maxStaleness, Optional<WriteToken> notOlderThan) {

    /** Nothing is refused for it, but the answer tells how stale it may be. */
    private static final Duration ANY = Duration.ofDays(365);

    static final Demand NONE = new Demand(Optional.empty(), Optional.empty());

    ReadOptions on(ReadOptions options) {
        ReadOptions demanding = maxStaleness
                .map(options::withMaxStaleness)
                .orElseGet(() -> options.withMaxStaleness(ANY, Freshness.WhenStale.FLAG));
        return notOlderThan.map(demanding::notOlderThan).orElse(demanding);
    }
}
