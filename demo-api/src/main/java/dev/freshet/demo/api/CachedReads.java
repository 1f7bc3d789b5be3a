package dev.freshet.demo.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.shop.Book;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.ShelfQuery;
import dev.freshet.demo.shop.Storefront;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything the API shows, read through Redis; {@code freshet.yml} names the same keys. What is not there is empty, and not
 * cached. Thread-safe. When Redis is away, reads go to the database, so many at a time.
 */
public final class CachedReads implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CachedReads.class);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String BOOK = "book:";

    private final Catalogue catalogue;
    private final Storefront storefront;
    private final ShopCache cache;
    private final PlainCache plainCache;
    private final PlainReads plain;

    private CachedReads(DataSource database, ShopCache cache, PlainCache plainCache) {
        this.catalogue = new Catalogue(database);
        this.storefront = new Storefront(database);
        this.cache = cache;
        this.plainCache = plainCache;
        this.plain = new PlainReads(plainCache);
    }

    /**
     * @param redis the address, as Lettuce takes it
     * @param pipeline the one that keeps these keys fresh, as {@code freshet.yml} names it
     * @throws dev.freshet.redis.CacheUnavailableException where Redis does not answer at the start
     */
    public static CachedReads open(DataSource database, String redis, String pipeline) {
        PlainCache plain = PlainCache.open(redis, PATIENCE);
        return new CachedReads(database, ShopCache.open(redis, database, pipeline), plain);
    }

    Optional<Served> book(long id, Demand demand) {
        return cache.read(BOOK + id, demand, () -> catalogue.book(id).map(Json::book));
    }

    Optional<Served> booksOf(long author, Demand demand) {
        return cache.read(
                "author:" + author + ":books",
                demand,
                () -> catalogue.booksOf(author).map(Json::books));
    }

    /** One key for each variant; no name could tell which rows it depends on, so it is filed under a tag. */
    Optional<Served> shelf(ShelfQuery query, Demand demand) {
        String tag = query.genre().map(genre -> "genre:" + genre).orElse("every-genre");
        return cache.read(shelfKey(query), demand, () -> storefront.shelf(query).map(Json::write), tag);
    }

    /** Equal for equal queries, however they were written. */
    static String shelfKey(ShelfQuery query) {
        return "shelf:" + query.genre().map(String::valueOf).orElse("")
                + ":" + query.minPrice().map(String::valueOf).orElse("")
                + "-" + query.maxPrice().map(String::valueOf).orElse("")
                + ":" + (query.descending() ? "-" : "") + query.sort().column()
                + ":" + query.page() + "x" + query.size();
    }

    Optional<Served> author(long id, Demand demand) {
        return cache.read(
                "author:" + id + ":page", demand, () -> storefront.author(id).map(Json::write));
    }

    Optional<Served> authors(long page, Demand demand) {
        return cache.read(
                "authors:page:" + page, demand, () -> catalogue.authors(page).map(Json::authors));
    }

    Optional<Served> bestsellers(Demand demand) {
        return cache.read("bestsellers", demand, () -> Optional.of(Json.write(storefront.bestsellers())));
    }

    Optional<Served> genres(Demand demand) {
        return cache.read("genres", demand, () -> Optional.of(Json.write(storefront.genres())));
    }

    Optional<Served> stock(long book, Demand demand) {
        return cache.read("stock:" + book, demand, () -> storefront.stock(book).map(Json::write));
    }

    Optional<Served> reviews(long book, long page, Demand demand) {
        return cache.read(
                "reviews:" + book + ":" + page,
                demand,
                () -> storefront.reviews(book, page).map(Json::write),
                "reviews:" + book);
    }

    Optional<Served> blurb(long book, Demand demand) {
        return cache.read("blurb:" + book, demand, () -> catalogue.blurb(book).map(text -> Json.blurb(book, text)));
    }

    /** A field of a hash, which no lease covers. */
    Optional<Served> price(long book) {
        return plain.read(
                Entry.of("prices", Long.toString(book)),
                () -> catalogue.price(book).map(price -> Json.price(book, price)),
                true);
    }

    /** Only the pipeline stores cards: it refreshes them from each change. */
    Optional<Served> card(long book) {
        return plain.read(Entry.of("card:" + book), () -> catalogue.book(book).map(Json::card), false);
    }

    /**
     * What an account's owner is shown. An entry says whose it is: one that stood at another's key, for whatever reason, is
     * shown to nobody.
     *
     * @param account of whoever has been let in; never what a request merely claims
     */
    Optional<Served> account(long account, Demand demand) {
        String key = "account:" + account;
        Optional<Served> found =
                cache.read(key, demand, () -> storefront.account(account).map(Json::write));
        if (found.filter(answer -> !isOf(account, answer)).isEmpty()) {
            return found;
        }
        log.error("an account's page stood at another account's key; it was shown to nobody, and removed");
        cache.remove(key);
        return storefront
                .account(account)
                .map(page -> new Served(Json.write(page), Source.BYPASS, Optional.of(Duration.ZERO)));
    }

    private static boolean isOf(long account, Served answer) {
        try {
            JsonNode owner = Json.read(answer.json()).path("account_id");
            return owner.isIntegralNumber() && owner.longValue() == account;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Fills the entries of all these books that are missing, with one query. */
    public void fillBooks(Collection<Long> ids) {
        Map<String, Long> idOf = ids.stream().collect(Collectors.toMap(id -> BOOK + id, id -> id));
        cache.fill(idOf.keySet(), missing -> {
            List<Book> books = catalogue.books(missing.stream().map(idOf::get).toList());
            return books.stream().collect(Collectors.toMap(book -> BOOK + book.id(), Json::book));
        });
    }

    /** Fills what is opened first where it is missing: board, genres, and the first page of each genre and of all. */
    public int fillFront() {
        bestsellers(Demand.NONE);
        genres(Demand.NONE);
        List<Optional<Long>> shelves = new ArrayList<>(List.of(Optional.empty()));
        storefront
                .genres()
                .path("genres")
                .forEach(genre -> shelves.add(Optional.of(genre.path("id").longValue())));
        shelves.forEach(genre -> shelf(ShelfQuery.first(genre), Demand.NONE));
        return shelves.size() + 2;
    }

    @Override
    public void close() {
        cache.close();
        plainCache.close();
    }
}
