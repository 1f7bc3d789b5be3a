package dev.freshet.demo.api;

import dev.freshet.demo.shop.Catalogue;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalogue, read through Redis as most applications do it: GET, and on a miss load and SET. What is not there is
 * not cached. Thread-safe. When Redis is away, every read goes to the database.
 */
public final class CachedReads {

    record Answer(String json, Source source) {}

    private static final Logger log = LoggerFactory.getLogger(CachedReads.class);

    /** The safety net; freshness comes from the pipeline. */
    private static final Duration TTL = Duration.ofMinutes(10);

    private final Catalogue catalogue;
    private final PlainCache cache;

    public CachedReads(Catalogue catalogue, PlainCache cache) {
        this.catalogue = catalogue;
        this.cache = cache;
    }

    Optional<Answer> book(long id) {
        return through(Entry.of("book:" + id), () -> catalogue.book(id).map(Json::book), true);
    }

    Optional<Answer> booksOf(long author) {
        return through(
                Entry.of("author:" + author + ":books"),
                () -> catalogue.booksOf(author).map(Json::books),
                true);
    }

    Optional<Answer> price(long book) {
        return through(
                Entry.of("prices", Long.toString(book)),
                () -> catalogue.price(book).map(price -> Json.price(book, price)),
                true);
    }

    Optional<Answer> blurb(long book) {
        return through(
                Entry.of("blurb:" + book), () -> catalogue.blurb(book).map(text -> Json.blurb(book, text)), true);
    }

    Optional<Answer> authors(long page) {
        return through(
                Entry.of("authors:page:" + page), () -> catalogue.authors(page).map(Json::authors), true);
    }

    /** Only the pipeline stores cards: it refreshes them from each change. */
    Optional<Answer> card(long book) {
        return through(Entry.of("card:" + book), () -> catalogue.book(book).map(Json::card), false);
    }

    private Optional<Answer> through(Entry entry, Supplier<Optional<String>> load, boolean fill) {
        Source source = Source.MISS;
        try {
            Optional<String> cached = cache.get(entry);
            if (cached.isPresent()) {
                return Optional.of(new Answer(cached.get(), Source.HIT));
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
        return loaded.map(json -> new Answer(json, from));
    }

    private void fill(Entry entry, String json) {
        try {
            cache.set(entry, json, TTL);
        } catch (CacheUnavailableException e) {
            log.debug("answered without filling the cache", e);
        }
    }
}
