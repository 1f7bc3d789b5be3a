package dev.freshet.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a value is cached. Immutable.
 *
 * @param ttl how long a value stays at most: a safety net, not what keeps it fresh
 * @param jitter by which part of the ttl, at most, a value ends earlier, so that what was filled together does not end
 *     together; from 0 to 1
 * @param negativeTtl the same of an absence; zero: absences are not cached
 * @param tags under which the key is filed: an invalidation of any of them removes it
 * @param freshness what the answer must be, whatever is cached
 */
public record ReadOptions(Duration ttl, double jitter, Duration negativeTtl, List<String> tags, Freshness freshness) {

    private static final ReadOptions DEFAULTS =
            new ReadOptions(Duration.ofHours(1), 0.1, Duration.ofMinutes(1), List.of(), Freshness.ANY);

    public ReadOptions {
        if (ttl.toMillis() < 1 || negativeTtl.isNegative()) {
            throw new IllegalArgumentException("a ttl is at least a millisecond: " + ttl + ", " + negativeTtl);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter is a part of the ttl, from 0 to 1: " + jitter);
        }
        tags = List.copyOf(tags);
    }

    /** An hour, a tenth of it earlier at random; an absence a minute; no tags. */
    public static ReadOptions defaults() {
        return DEFAULTS;
    }

    public ReadOptions withTtl(Duration newTtl) {
        return new ReadOptions(newTtl, jitter, negativeTtl, tags, freshness);
    }

    public ReadOptions withJitter(double newJitter) {
        return new ReadOptions(ttl, newJitter, negativeTtl, tags, freshness);
    }

    public ReadOptions withNegativeTtl(Duration newNegativeTtl) {
        return new ReadOptions(ttl, jitter, newNegativeTtl, tags, freshness);
    }

    public ReadOptions tagged(String... newTags) {
        return new ReadOptions(ttl, jitter, negativeTtl, List.of(newTags), freshness);
    }

    /**
     * The answer has every change that was visible at the source this long ago or longer: a cached value of which the
     * pipeline's watermark does not tell as much is passed over, and the source is asked, without storing what it says. A
     * loaded value was always read after the call. Watermarks move once a second: below two seconds or so, most reads go
     * to the source.
     */
    public ReadOptions withMaxStaleness(Duration limit) {
        return withMaxStaleness(limit, Freshness.WhenStale.BYPASS);
    }

    /** The same, with a choice; a value that is returned although it is staler is told by {@link FreshCache#read}. */
    public ReadOptions withMaxStaleness(Duration limit, Freshness.WhenStale whenStale) {
        return with(new Freshness(Optional.of(limit), whenStale, freshness.notOlderThan()));
    }

    /**
     * The answer has everything that was committed before the token was taken: this process is not asked, and Redis only
     * where the pipeline's watermark tells that all of it is applied; until then, about a second, the source.
     */
    public ReadOptions notOlderThan(WriteToken token) {
        return with(new Freshness(freshness.maxStaleness(), freshness.whenStale(), Optional.of(token)));
    }

    private ReadOptions with(Freshness newFreshness) {
        return new ReadOptions(ttl, jitter, negativeTtl, tags, newFreshness);
    }

    /** @param random from 0 to 1 */
    Duration life(boolean present, double random) {
        Duration longest = present ? ttl : negativeTtl;
        return Duration.ofMillis(Math.max(1, (long) (longest.toMillis() * (1 - jitter * random))));
    }
}
