package dev.freshet.demo;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The books as they stand in PostgreSQL. Thread-safe. Fails with {@link DatabaseException} when the database does not do
 * what it is asked.
 */
final class Catalogue {

    static final int AUTHORS_ON_A_PAGE = 50;

    private static final int LAST_PAGE = 1_000_000;

    private static final int LONGEST_LIST = 500;
    private static final String BOOK = "id, title, author_id, price, published";
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private final DataSource database;

    Catalogue(DataSource database) {
        this.database = database;
    }

    Optional<Book> book(long id) {
        return first(query("select " + BOOK + " from books where id = ?", Catalogue::readBook, id));
    }

    /** The author's books, oldest id first; empty when there is no such author. */
    Optional<List<Book>> booksOf(long author) {
        List<Book> books = query(
                "select " + BOOK + " from books where author_id = ? order by id limit " + LONGEST_LIST,
                Catalogue::readBook,
                author);
        if (books.isEmpty()
                && query("select id from authors where id = ?", row -> row.getLong(1), author)
                        .isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(books);
    }

    Optional<BigDecimal> price(long book) {
        return first(query("select price from books where id = ?", row -> row.getBigDecimal(1), book));
    }

    Optional<String> blurb(long book) {
        return first(query("select blurb from blurbs where book_id = ?", row -> row.getString(1), book));
    }

    /** A page of authors by name; empty past the last page. */
    Optional<List<Author>> authors(long page) {
        if (page > LAST_PAGE) {
            return Optional.empty();
        }
        List<Author> authors = query(
                "select id, name from authors order by name, id limit " + AUTHORS_ON_A_PAGE + " offset ?",
                row -> new Author(row.getLong(1), row.getString(2)),
                (page - 1) * AUTHORS_ON_A_PAGE);
        return Optional.of(authors).filter(found -> !found.isEmpty());
    }

    /** The changed book; empty when there is no such book. An unknown author is refused. */
    Optional<Book> change(long id, BookPatch patch) {
        String sql = "update books set title = coalesce(?::text, title), price = coalesce(?::numeric, price),"
                + " author_id = coalesce(?::bigint, author_id), published = coalesce(?::date, published)"
                + " where id = ? returning " + BOOK;
        try {
            return first(query(
                    sql,
                    Catalogue::readBook,
                    patch.title().orElse(null),
                    patch.price().orElse(null),
                    patch.authorId().orElse(null),
                    patch.published().orElse(null),
                    id));
        } catch (DatabaseException e) {
            if (e.sqlState().equals(FOREIGN_KEY_VIOLATION)) {
                throw Problem.invalid(List.of(new Problem.Member("/author_id", "names no author")))
                        .refused();
            }
            throw e;
        }
    }

    private static Book readBook(ResultSet row) throws SQLException {
        return new Book(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getBigDecimal(4),
                row.getObject(5, LocalDate.class));
    }

    private static <T> Optional<T> first(List<T> rows) {
        return rows.stream().findFirst();
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(reader.read(found));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }
}
