package dev.freshet.demo.strategy;

import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** GET, and on a miss load and SET with a TTL, as most applications read. Thread-safe. */
final class CacheAside implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CacheAside.class);

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Kind kind;
    private final PageSource source;
    private final PlainCache cache;
    private final Duration ttl;

    private CacheAside(Kind kind, PageSource source, PlainCache cache, Duration ttl) {
        this.kind = kind;
        this.source = source;
        this.cache = cache;
        this.ttl = ttl;
    }

    static CacheAside open(Kind kind, Database database, String redisUrl, Duration ttl) {
        PlainCache cache = PlainCache.open(redisUrl, PATIENCE);
        return new CacheAside(kind, PageSource.open(kind, database), cache, ttl);
    }

    Strategy.Reply read(long book) throws SQLException {
        Entry entry = entry(book);
        try {
            Optional<String> cached = cache.get(entry);
            if (cached.isPresent()) {
                return new Strategy.Reply(cached, true, false);
            }
        } catch (CacheUnavailableException e) {
            return new Strategy.Reply(source.page(book), false, true);
        }
        Optional<String> loaded = source.page(book);
        loaded.ifPresent(page -> store(entry, page));
        return new Strategy.Reply(loaded, false, true);
    }

    private void store(Entry entry, String page) {
        try {
            cache.set(entry, page, ttl);
        } catch (CacheUnavailableException e) {
            log.debug("answered without filling the cache", e);
        }
    }

    /** Returns whether Redis did so. */
    boolean delete(long book) {
        try {
            cache.delete(entry(book));
            return true;
        } catch (CacheUnavailableException e) {
            log.debug("an entry could not be deleted", e);
            return false;
        }
    }

    /** Returns whether all entries are gone. */
    boolean clear() {
        try {
            cache.entries(key -> key.startsWith(kind.prefix())).keySet().forEach(cache::delete);
            return true;
        } catch (CacheUnavailableException e) {
            log.debug("the cache could not be emptied", e);
            return false;
        }
    }

    private Entry entry(long book) {
        return Entry.of(kind.prefix() + book);
    }

    @Override
    public void close() {
        cache.close();
        source.close();
    }
}
