package dev.freshet.demo.shop;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The books as they stand in PostgreSQL. Thread-safe. Fails with {@link DatabaseException} when the database does not do
 * what it is asked.
 */
public final class Catalogue {

    static final int AUTHORS_ON_A_PAGE = 50;

    private static final int LAST_PAGE = 1_000_000;

    private static final int LONGEST_LIST = 500;
    static final String BOOK = "id, title, author_id, genre_id, price, published";

    private final Sql sql;

    public Catalogue(DataSource database) {
        this.sql = new Sql(database);
    }

    public Optional<Book> book(long id) {
        return sql.first("select " + BOOK + " from books where id = ?", Catalogue::readBook, id);
    }

    /** Those of these books that are there. */
    public List<Book> books(List<Long> ids) {
        return sql.rows("select " + BOOK + " from books where id = any (?)", Catalogue::readBook, (Object)
                ids.toArray(Long[]::new));
    }

    /** The ids of so many books beyond an id, in their order. */
    public List<Long> idsAfter(long id, int most) {
        return sql.rows("select id from books where id > ? order by id limit ?", row -> row.getLong(1), id, most);
    }

    /** The author's books, oldest id first; empty when there is no such author. */
    public Optional<List<Book>> booksOf(long author) {
        List<Book> books = sql.rows(
                "select " + BOOK + " from books where author_id = ? order by id limit " + LONGEST_LIST,
                Catalogue::readBook,
                author);
        if (books.isEmpty()
                && sql.first("select id from authors where id = ?", row -> row.getLong(1), author)
                        .isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(books);
    }

    public Optional<BigDecimal> price(long book) {
        return sql.first("select price from books where id = ?", row -> row.getBigDecimal(1), book);
    }

    public Optional<String> blurb(long book) {
        return sql.first("select blurb from blurbs where book_id = ?", row -> row.getString(1), book);
    }

    /** A page of authors by name; empty past the last page. */
    public Optional<List<Author>> authors(long page) {
        if (page > LAST_PAGE) {
            return Optional.empty();
        }
        List<Author> authors = sql.rows(
                "select id, name from authors order by name, id limit " + AUTHORS_ON_A_PAGE + " offset ?",
                row -> new Author(row.getLong(1), row.getString(2)),
                (page - 1) * AUTHORS_ON_A_PAGE);
        return Optional.of(authors).filter(found -> !found.isEmpty());
    }

    /**
     * The changed book; empty when there is no such book.
     *
     * @throws UnknownRowException where there is no such author or genre
     */
    public Optional<Book> change(long id, BookPatch patch) {
        return sql.first(
                "update books set title = coalesce(?::text, title), price = coalesce(?::numeric, price),"
                        + " author_id = coalesce(?::bigint, author_id), genre_id = coalesce(?::bigint, genre_id),"
                        + " published = coalesce(?::date, published) where id = ? returning " + BOOK,
                Catalogue::readBook,
                patch.title().orElse(null),
                patch.price().orElse(null),
                patch.authorId().orElse(null),
                patch.genreId().orElse(null),
                patch.published().orElse(null),
                id);
    }

    static Book readBook(ResultSet row) throws SQLException {
        return new Book(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getBigDecimal(5),
                row.getObject(6, LocalDate.class));
    }
}
