package dev.freshet.demo.shop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What is written besides books: into PostgreSQL, and nowhere else. Each call is one transaction, committed when it returns
 * what stands there then. Thread-safe. Fails with {@link UnknownRowException} where there is no such book, and with {@link
 * DatabaseException} when the database does not do what it is asked.
 */
public final class Till {

    private final Sql sql;

    public Till(DataSource database) {
        this.sql = new Sql(database);
    }

    /** How many copies of a book there are from now on. */
    public ObjectNode stock(long book, int quantity) {
        return sql.first(
                        "insert into stock (book_id, quantity) values (?, ?)"
                                + " on conflict (book_id) do update set quantity = excluded.quantity"
                                + " returning book_id, quantity",
                        JsonRow::read,
                        book,
                        quantity)
                .orElseThrow();
    }

    public ObjectNode review(long book, int stars, String body) {
        return sql.first(
                        "insert into reviews (book_id, stars, body, written) values (?, ?, ?, now())"
                                + " returning id, book_id, stars, body, written",
                        JsonRow::read,
                        book,
                        stars,
                        body)
                .orElseThrow();
    }

    /** Takes copies from the stock and notes who ordered them; empty, and nothing is written, where there are too few. */
    public Optional<ObjectNode> order(long account, long book, int quantity) {
        return sql.first(
                "with taken as (update stock set quantity = quantity - ? where book_id = ? and quantity >= ?"
                        + " returning book_id) insert into orders (account_id, book_id, quantity, ordered)"
                        + " select ?, book_id, ?, now() from taken returning id, account_id, book_id, quantity, ordered",
                JsonRow::read,
                quantity,
                book,
                quantity,
                account,
                quantity);
    }
}
