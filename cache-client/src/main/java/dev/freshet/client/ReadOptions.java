package dev.freshet.client;

import java.time.Duration;
import java.util.List;

/**
 * How a value is cached. Immutable.
 *
 * @param ttl how long a value stays at most: a safety net, not what keeps it fresh
 * @param jitter by which part of the ttl, at most, a value ends earlier, so that what was filled together does not end
 *     together; from 0 to 1
 * @param negativeTtl the same of an absence; zero: absences are not cached
 * @param tags under which the key is filed: an invalidation of any of them removes it
 */
public record ReadOptions(Duration ttl, double jitter, Duration negativeTtl, List<String> tags) {

    private static final ReadOptions DEFAULTS =
            new ReadOptions(Duration.ofHours(1), 0.1, Duration.ofMinutes(1), List.of());

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
        return new ReadOptions(newTtl, jitter, negativeTtl, tags);
    }

    public ReadOptions withJitter(double newJitter) {
        return new ReadOptions(ttl, newJitter, negativeTtl, tags);
    }

    public ReadOptions withNegativeTtl(Duration newNegativeTtl) {
        return new ReadOptions(ttl, jitter, newNegativeTtl, tags);
    }

    public ReadOptions tagged(String... newTags) {
        return new ReadOptions(ttl, jitter, negativeTtl, List.of(newTags));
    }

    /** @param random from 0 to 1 */
    Duration life(boolean present, double random) {
        Duration longest = present ? ttl : negativeTtl;
        return Duration.ofMillis(Math.max(1, (long) (longest.toMillis() * (1 - jitter * random))));
    }
}
