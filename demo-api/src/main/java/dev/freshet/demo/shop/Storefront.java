package dev.freshet.demo.shop;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What the shop shows beyond single books, as it stands in PostgreSQL, as JSON. Thread-safe. Fails with {@link
 * DatabaseException} when the database does not do what it is asked.
 */
public final class Storefront {

    /** The offset of a page beyond it costs more than anybody needs. */
    public static final long LAST_PAGE = 100_000;

    private static final int BOARD = 20;
    private static final int LONGEST_LIST = 500;
    private static final int REVIEWS_ON_A_PAGE = 10;
    private static final int LATEST_ORDERS = 20;

    private final Sql sql;

    public Storefront(DataSource database) {
        this.sql = new Sql(database);
    }

    /** A page of books, and of how many; empty past the last page, and where there is no such genre. */
    public Optional<ObjectNode> shelf(ShelfQuery query) {
        List<String> conditions = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        query.genre().ifPresent(genre -> {
            conditions.add("genre_id = ?");
            values.add(genre);
        });
        query.minPrice().ifPresent(price -> {
            conditions.add("price >= ?");
            values.add(price);
        });
        query.maxPrice().ifPresent(price -> {
            conditions.add("price <= ?");
            values.add(price);
        });
        String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
        long total = sql.first("select count(*) from books" + where, row -> row.getLong(1), values.toArray())
                .orElseThrow();
        long skipped = (query.page() - 1) * query.size();
        if (total == 0 ? query.page() > 1 || isUnknownGenre(query) : skipped >= total) {
            return Optional.empty();
        }
        values.add(query.size());
        values.add(skipped);
        String direction = query.descending() ? " desc" : "";
        ArrayNode books = array(sql.rows(
                "select " + Catalogue.BOOK + " from books" + where + " order by "
                        + query.sort().column() + direction + ", id" + direction + " limit ? offset ?",
                JsonRow::read,
                values.toArray()));
        ObjectNode shelf = JsonNodeFactory.instance.objectNode();
        shelf.set("books", books);
        return Optional.of(
                shelf.put("page", query.page()).put("size", query.size()).put("total", total));
    }

    private boolean isUnknownGenre(ShelfQuery query) {
        return query.genre()
                .filter(genre -> sql.first("select id from genres where id = ?", row -> row.getLong(1), genre)
                        .isEmpty())
                .isPresent();
    }

    /** An author with all books, the newest first. */
    public Optional<ObjectNode> author(long id) {
        Optional<ObjectNode> found = sql.first(
                "select a.id, a.name, count(b.id) as book_count, min(b.price) as lowest_price,"
                        + " max(b.price) as highest_price from authors a left join books b on b.author_id = a.id"
                        + " where a.id = ? group by a.id",
                JsonRow::read,
                id);
        found.ifPresent(author -> author.set(
                "books",
                array(sql.rows(
                        "select b.id, b.title, g.name as genre, b.price, b.published from books b"
                                + " join genres g on g.id = b.genre_id where b.author_id = ?"
                                + " order by b.published desc, b.id limit " + LONGEST_LIST,
                        JsonRow::read,
                        id))));
        return found;
    }

    /** The books that sold the most copies. */
    public ObjectNode bestsellers() {
        return list(
                "books",
                sql.rows(
                        "select b.id, b.title, a.name as author, sum(o.quantity) as sold from orders o"
                                + " join books b on b.id = o.book_id join authors a on a.id = b.author_id"
                                + " group by b.id, a.id order by sold desc, b.id limit " + BOARD,
                        JsonRow::read));
    }

    public ObjectNode genres() {
        return list("genres", sql.rows("select id, name from genres order by id", JsonRow::read));
    }

    /** How many copies of a book are there. */
    public Optional<ObjectNode> stock(long book) {
        return sql.first("select book_id, quantity from stock where book_id = ?", JsonRow::read, book);
    }

    /** What readers think of a book, the latest first; empty past the last page, and where there is no such book. */
    public Optional<ObjectNode> reviews(long book, long page) {
        Optional<ObjectNode> found = sql.first(
                "select b.id as book_id, count(r.id) as review_count, round(avg(r.stars), 2) as average_stars"
                        + " from books b left join reviews r on r.book_id = b.id where b.id = ? group by b.id",
                JsonRow::read,
                book);
        long skipped = (page - 1) * REVIEWS_ON_A_PAGE;
        return found.filter(summary ->
                        page == 1 || skipped < summary.get("review_count").longValue())
                .map(summary -> {
                    summary.set(
                            "reviews",
                            array(sql.rows(
                                    "select id, stars, body, written from reviews where book_id = ?"
                                            + " order by id desc limit " + REVIEWS_ON_A_PAGE + " offset ?",
                                    JsonRow::read,
                                    book,
                                    skipped)));
                    return summary.put("page", page);
                });
    }

    /** The account whose owner has the token. */
    public Optional<Long> accountOf(String token) {
        return sql.first(
                "select id from accounts where token_hash = ?", row -> row.getLong(1), AccountToken.hash(token));
    }

    /** What the owner of an account is shown; {@code account_id} says whose it is. */
    public Optional<ObjectNode> account(long id) {
        Optional<ObjectNode> found = sql.first(
                "select c.id as account_id, c.name, c.email, count(o.id) as order_count,"
                        + " coalesce(sum(o.quantity), 0) as copies from accounts c"
                        + " left join orders o on o.account_id = c.id where c.id = ? group by c.id",
                JsonRow::read,
                id);
        found.ifPresent(account -> account.set(
                "latest_orders",
                array(sql.rows(
                        "select id, book_id, quantity, ordered from orders where account_id = ? order by id desc limit "
                                + LATEST_ORDERS,
                        JsonRow::read,
                        id))));
        return found;
    }

    private static ObjectNode list(String name, List<ObjectNode> rows) {
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.set(name, array(rows));
        return list;
    }

    private static ArrayNode array(List<ObjectNode> rows) {
        return JsonNodeFactory.instance.arrayNode().addAll(rows);
    }
}
