package dev.freshet.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.Change.End;
import dev.freshet.demo.Change.Reread;
import dev.freshet.demo.api.Source;
import dev.freshet.demo.shop.Book;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.redis.PlainCache.Entry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What {@code demo --once} plays: the addresses that are read before each change so that the cache is full, keys that no
 * mapping means, and the changes in order.
 */
record Script(List<String> reads, Map<Entry, String> bystanders, List<Change> changes) {

    private static final int BLURBS_READ = 8;
    private static final int PAGES_READ = 3;
    private static final long NEW_BOOK = 900_001;
    private static final long NEW_BOOKS_GENRE = 1;
    private static final Entry BOARD = Entry.of("bestsellers");

    Script {
        reads = List.copyOf(reads);
        bystanders = Map.copyOf(bystanders);
        changes = List.copyOf(changes);
    }

    /** The script for what stands in the catalogue now. */
    static Script of(Catalogue catalogue) {
        List<List<Book>> shelves = LongStream.range(1, 1_000)
                .mapToObj(catalogue::booksOf)
                .flatMap(found -> found.stream())
                .filter(books -> books.size() >= 3 && books.size() <= 8)
                .limit(6)
                .toList();
        if (shelves.size() < 6) {
            throw new IllegalStateException("the scene needs six authors with three to eight books each");
        }
        Book priced = shelves.get(0).get(0);
        List<Change> changes = List.of(
                onePrice(priced),
                newAuthor(shelves.get(1).get(1), shelves.get(2)),
                manyPrices(shelves.get(3)),
                insert(shelves.get(4)),
                delete(shelves.get(4)),
                rolledBack(shelves.get(5).get(0)),
                renamedAuthor(priced.authorId()),
                truncate());
        return new Script(usualReads(shelves), bystanders(priced), changes);
    }

    /** A change to warm up with. */
    static Change rehearsal(Book book) {
        return new Change(
                "a rehearsal",
                List.of("update books set price = price + 0.01 where id = " + book.id()),
                End.COMMIT,
                List.of("/books/" + book.id(), "/books/" + book.id() + "/price", "/books?author=" + book.authorId()),
                Set.of(bookKey(book), priceField(book), listKey(book.authorId())),
                Map.of(cardKey(book.id()), Map.of("title", book.title())),
                List.of());
    }

    private static List<String> usualReads(List<List<Book>> shelves) {
        List<String> reads = new ArrayList<>();
        for (List<Book> shelf : shelves) {
            reads.add("/books?author=" + shelf.get(0).authorId());
            shelf.forEach(book -> reads.add("/books/" + book.id()));
            shelf.forEach(book -> reads.add("/books/" + book.id() + "/price"));
            reads.add("/authors/" + shelf.get(0).authorId());
        }
        Stream.concat(shelves.stream().flatMap(List::stream).map(Book::genreId), Stream.of(NEW_BOOKS_GENRE))
                .distinct()
                .forEach(genre -> reads.add("/books?genre=" + genre + "&sort=-price"));
        reads.add("/books?sort=title&page=2");
        reads.add("/bestsellers");
        LongStream.rangeClosed(1, PAGES_READ).forEach(page -> reads.add("/authors?page=" + page));
        return reads;
    }

    /** Keys of other programs; most look almost like a mapped one. */
    private static Map<Entry, String> bystanders(Book book) {
        return Stream.of(
                        Entry.of("session:42"),
                        Entry.of("book:" + book.id() + ":draft"),
                        Entry.of("old:book:" + book.id()),
                        Entry.of("author:" + book.authorId() + ":books:archive"),
                        Entry.of("author:" + book.authorId()),
                        Entry.of("prices:history"),
                        Entry.of("prices", "average"),
                        Entry.of("authors:pages"))
                .collect(Collectors.toMap(Function.identity(), entry -> "not Freshet's"));
    }

    private static Change onePrice(Book book) {
        return new Change(
                "the price of one book",
                List.of("update books set price = 12.34 where id = " + book.id()),
                End.COMMIT,
                List.of(),
                and(
                        shelves(Stream.of(book.genreId())),
                        bookKey(book),
                        priceField(book),
                        listKey(book.authorId()),
                        pageKey(book.authorId())),
                Map.of(cardKey(book.id()), Map.of("title", book.title(), "price", "12.34")),
                List.of(
                        read("/books/" + book.id(), Source.MISS, "/price", "12.34"),
                        read("/books/" + book.id() + "/price", Source.MISS, "/price", "12.34"),
                        read("/books/" + book.id() + "/card", Source.HIT, "/price", "12.34")));
    }

    /** The price stays, and with it what depends on the price alone. */
    private static Change newAuthor(Book book, List<Book> newShelf) {
        long newAuthor = newShelf.get(0).authorId();
        return new Change(
                "a book moves to another author",
                List.of("update books set author_id = " + newAuthor + " where id = " + book.id()),
                End.COMMIT,
                List.of(),
                and(
                        shelves(Stream.of(book.genreId())),
                        bookKey(book),
                        listKey(book.authorId()),
                        pageKey(book.authorId()),
                        listKey(newAuthor),
                        pageKey(newAuthor),
                        BOARD),
                Map.of(cardKey(book.id()), card(book)),
                List.of(
                        read("/books/" + book.id(), Source.MISS, "/author_id", Long.toString(newAuthor)),
                        read(
                                "/books/" + book.id() + "/price",
                                Source.HIT,
                                "/price",
                                book.price().toPlainString()),
                        list(newAuthor, newShelf.size() + 1)));
    }

    private static Change manyPrices(List<Book> shelf) {
        Set<Entry> gone = new LinkedHashSet<>(shelves(shelf.stream().map(Book::genreId)));
        Map<Entry, Map<String, String>> stored = new LinkedHashMap<>();
        List<Reread> rereads = new ArrayList<>();
        gone.add(listKey(shelf.get(0).authorId()));
        gone.add(pageKey(shelf.get(0).authorId()));
        for (Book book : shelf) {
            Book dearer = book.withPrice(book.price().add(BigDecimal.ONE).toPlainString());
            gone.add(bookKey(book));
            gone.add(priceField(book));
            stored.put(cardKey(book.id()), card(dearer));
            rereads.add(read(
                    "/books/" + book.id(), Source.MISS, "/price", dearer.price().toPlainString()));
        }
        return new Change(
                "an author's books in one statement",
                List.of("update books set price = price + 1 where author_id = "
                        + shelf.get(0).authorId()),
                End.COMMIT,
                List.of(),
                gone,
                stored,
                rereads);
    }

    private static Change insert(List<Book> shelf) {
        long author = shelf.get(0).authorId();
        return new Change(
                "an insert",
                List.of("insert into books (id, title, author_id, genre_id, price, published) values (" + NEW_BOOK
                        + ", 'The Late Arrival', " + author + ", " + NEW_BOOKS_GENRE + ", 20.00, '2026-01-01')"),
                End.COMMIT,
                List.of(),
                and(shelves(Stream.of(NEW_BOOKS_GENRE)), listKey(author), pageKey(author), BOARD),
                Map.of(cardKey(NEW_BOOK), Map.of("title", "The Late Arrival", "price", "20.00")),
                List.of(
                        list(author, shelf.size() + 1),
                        read("/books/" + NEW_BOOK, Source.MISS, "/title", "The Late Arrival")));
    }

    private static Change delete(List<Book> shelf) {
        long author = shelf.get(0).authorId();
        return new Change(
                "a delete",
                List.of("delete from books where id = " + NEW_BOOK),
                End.COMMIT,
                List.of("/books/" + NEW_BOOK, "/books/" + NEW_BOOK + "/price"),
                and(
                        shelves(Stream.of(NEW_BOOKS_GENRE)),
                        Entry.of("book:" + NEW_BOOK),
                        Entry.of("prices", Long.toString(NEW_BOOK)),
                        cardKey(NEW_BOOK),
                        listKey(author),
                        pageKey(author),
                        BOARD),
                Map.of(),
                List.of(absent("/books/" + NEW_BOOK), list(author, shelf.size())));
    }

    private static Change rolledBack(Book book) {
        return new Change(
                "a transaction that is rolled back",
                List.of(
                        "update books set price = 0.01, title = 'Never' where author_id = " + book.authorId(),
                        "delete from blurbs",
                        "insert into authors (id, name) values (900001, 'Nobody')"),
                End.ROLLBACK,
                List.of(),
                Set.of(),
                Map.of(),
                List.of(read(
                        "/books/" + book.id(),
                        Source.HIT,
                        "/price",
                        book.price().toPlainString())));
    }

    private static Change renamedAuthor(long author) {
        return new Change(
                "an author's name, on every page",
                List.of("update authors set name = 'Aaltje Aalbers' where id = " + author),
                End.COMMIT,
                List.of(),
                and(
                        LongStream.rangeClosed(1, PAGES_READ)
                                .mapToObj(page -> Entry.of("authors:page:" + page))
                                .collect(Collectors.toSet()),
                        pageKey(author),
                        BOARD),
                Map.of(),
                List.of(read("/authors?page=1", Source.MISS, "/authors/0/name", "Aaltje Aalbers")));
    }

    private static Change truncate() {
        return new Change(
                "a truncate",
                List.of("truncate blurbs"),
                End.COMMIT,
                blurbs().mapToObj(book -> "/books/" + book + "/blurb").toList(),
                blurbs().mapToObj(book -> Entry.of("blurb:" + book)).collect(Collectors.toSet()),
                Map.of(),
                List.of(absent("/books/1/blurb")));
    }

    private static LongStream blurbs() {
        return LongStream.rangeClosed(1, BLURBS_READ);
    }

    private static Entry bookKey(Book book) {
        return Entry.of("book:" + book.id());
    }

    private static Entry priceField(Book book) {
        return Entry.of("prices", Long.toString(book.id()));
    }

    private static Entry listKey(long author) {
        return Entry.of("author:" + author + ":books");
    }

    private static Entry pageKey(long author) {
        return Entry.of("author:" + author + ":page");
    }

    /** The variants that are read, of these genres and of all. */
    private static Set<Entry> shelves(Stream<Long> genres) {
        return Stream.concat(genres.map(genre -> "shelf:" + genre + ":-:-price:1x20"), Stream.of("shelf::-:title:2x20"))
                .map(Entry::of)
                .collect(Collectors.toSet());
    }

    private static Set<Entry> and(Set<Entry> some, Entry... more) {
        return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toSet());
    }

    private static Entry cardKey(long book) {
        return Entry.of("card:" + book);
    }

    private static Map<String, String> card(Book book) {
        return Map.of("title", book.title(), "price", book.price().toPlainString());
    }

    private static Reread read(String path, Source source, String pointer, String expected) {
        return new Reread(path, 200, source, body -> body.at(pointer).asText(), expected);
    }

    private static Reread list(long author, int size) {
        Function<JsonNode, String> length = body -> body.at("/books").size() + " books";
        return new Reread("/books?author=" + author, 200, Source.MISS, length, size + " books");
    }

    private static Reread absent(String path) {
        return new Reread(path, 404, Source.MISS, body -> body.at("/title").asText(), "Not found");
    }
}
