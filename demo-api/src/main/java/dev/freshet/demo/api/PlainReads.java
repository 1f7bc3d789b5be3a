package dev.freshet.demo.api;

import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads as most applications do it: GET, and on a miss load and SET. What was read before a change and is stored after it
 * stays until the ttl; only what cache-client cannot fill is read so. Thread-safe.
 */
final class PlainReads {

    private static final Logger log = LoggerFactory.getLogger(PlainReads.class);

    private static final Duration TTL = Duration.ofMinutes(10);

    private final PlainCache cache;

    PlainReads(PlainCache cache) {
        this.cache = cache;
    }

    Optional<Served> read(Entry entry, Supplier<Optional<String>> load, boolean fill) {
        Source source = Source.MISS;
        try {
            Optional<String> cached = cache.get(entry);
            if (cached.isPresent()) {
                return Optional.of(new Served(cached.get(), Source.HIT, Optional.empty()));
            }
        } catch (CacheUnavailableException e) {
            log.debug("read without the cache", e);
            source = Source.BYPASS;
        }
        Optional<String> loaded = load.get();
        if (fill && source == Source.MISS) {
            loaded.ifPresent(json -> fill(entry, json));
        }
        Source from = source;
        return loaded.map(json -> new Served(json, from, Optional.empty()));
    }

    private void fill(Entry entry, String json) {
        try {
            cache.set(entry, json, TTL);
        } catch (CacheUnavailableException e) {
            log.debug("answered without filling the cache", e);
        }
    }
}
