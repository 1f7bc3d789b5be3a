package dev.freshet.demo.shop;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * A generated shop: the same seed gives the same rows. Immutable.
 *
 * @param blurbs the blurb of the book with the id of its place in the list, counted from one
 * @param stock the copies of the book with the id of its place in the list, counted from one
 * @param reviews in the order of their ids
 * @param orders in the order of their ids
 */
public record CatalogueData(
        long seed,
        List<Author> authors,
        List<Genre> genres,
        List<Book> books,
        List<String> blurbs,
        List<Integer> stock,
        List<Review> reviews,
        List<Account> accounts,
        List<Order> orders) {

    private static final int BLURBS = 40;
    private static final int MOST_COPIES = 200;
    private static final int REVIEWS_OF_A_BOOK = 20;
    private static final int ORDERS_OF_A_BOOK = 10;
    private static final int BOOKS_TO_AN_ACCOUNT = 6;
    private static final LocalDate FIRST_PUBLISHED = LocalDate.of(1950, 1, 1);
    private static final int DAYS_OF_PUBLISHING = 27_000;
    private static final Instant OPENED = Instant.parse("2020-01-01T00:00:00Z");
    private static final int SECONDS_OPEN = 180_000_000;

    public CatalogueData {
        authors = List.copyOf(authors);
        genres = List.copyOf(genres);
        books = List.copyOf(books);
        blurbs = List.copyOf(blurbs);
        stock = List.copyOf(stock);
        reviews = List.copyOf(reviews);
        accounts = List.copyOf(accounts);
        orders = List.copyOf(orders);
    }

    /** So many authors and books, with 20 reviews and 10 orders for each book on average, and an account for six books. */
    public static CatalogueData generate(long seed, int authorCount, int bookCount) {
        Random random = new Random(seed);
        List<Author> authors = numbered(authorCount, id -> new Author(id, Words.person(random)));
        List<Genre> genres = numbered(Words.GENRE.size(), id -> new Genre(id, Words.GENRE.get(id - 1)));
        List<Book> books = numbered(bookCount, id -> book(id, authorCount, random));
        List<String> blurbs = books.stream()
                .limit(BLURBS)
                .map(book -> "A " + Words.pick(Words.QUALITY, random).toLowerCase(Locale.ROOT) + " story. “"
                        + book.title() + "” will not let you sleep.")
                .toList();
        List<Integer> stock = numbered(bookCount, id -> random.nextInt(MOST_COPIES));
        List<Review> reviews = numbered(
                bookCount * REVIEWS_OF_A_BOOK,
                id -> new Review(
                        1 + random.nextInt(bookCount), 1 + random.nextInt(5), Words.review(random), moment(random)));
        int accountCount = Math.max(2, bookCount / BOOKS_TO_AN_ACCOUNT);
        List<Account> accounts =
                numbered(accountCount, id -> new Account(id, Words.person(random), "reader" + id + "@example.org"));
        List<Order> orders = numbered(
                bookCount * ORDERS_OF_A_BOOK,
                id -> new Order(
                        1 + random.nextInt(accountCount),
                        popular(bookCount, random),
                        1 + random.nextInt(3),
                        moment(random)));
        return new CatalogueData(seed, authors, genres, books, blurbs, stock, reviews, accounts, orders);
    }

    private static <T> List<T> numbered(int count, Function<Integer, T> row) {
        List<T> rows = new ArrayList<>(count);
        IntStream.rangeClosed(1, count).forEach(id -> rows.add(row.apply(id)));
        return rows;
    }

    private static Book book(int id, int authorCount, Random random) {
        // Every author has a book; the rest fall where they fall.
        long author = id <= authorCount ? id : 1 + random.nextInt(authorCount);
        return new Book(
                id,
                Words.title(random),
                author,
                1 + random.nextInt(Words.GENRE.size()),
                BigDecimal.valueOf(499 + random.nextInt(4500), 2),
                FIRST_PUBLISHED.plusDays(random.nextInt(DAYS_OF_PUBLISHING)));
    }

    /** Some books sell many times as often as others. */
    private static long popular(int bookCount, Random random) {
        return 1 + (long) (bookCount * Math.pow(random.nextDouble(), 3));
    }

    private static Instant moment(Random random) {
        return OPENED.plusSeconds(random.nextInt(SECONDS_OPEN));
    }

    /** What lets the owner of a generated account in. */
    public String token(Account account) {
        return AccountToken.generated(seed, account.id());
    }

    /** Creates the tables and fills them, in one transaction. */
    public void store(DataSource database) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(Resources.text("schema.sql"));
                copyAll(connection);
                statement.execute("analyze authors, genres, books, blurbs, stock, reviews, accounts, orders");
            }
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void copyAll(Connection connection) throws SQLException {
        copy(connection, "authors (id, name)", authors, author -> List.of(author.id(), author.name()));
        copy(connection, "genres (id, name)", genres, genre -> List.of(genre.id(), genre.name()));
        copy(
                connection,
                "books (id, title, author_id, genre_id, price, published)",
                books,
                book -> List.of(
                        book.id(), book.title(), book.authorId(), book.genreId(), book.price(), book.published()));
        copy(
                connection,
                "blurbs (book_id, blurb)",
                books.subList(0, blurbs.size()),
                book -> List.of(book.id(), blurbs.get((int) book.id() - 1)));
        copy(
                connection,
                "stock (book_id, quantity)",
                books,
                book -> List.of(book.id(), stock.get((int) book.id() - 1)));
        copy(
                connection,
                "reviews (book_id, stars, body, written)",
                reviews,
                review -> List.of(review.bookId(), review.stars(), review.body(), review.written()));
        copy(
                connection,
                "accounts (id, name, email, token_hash)",
                accounts,
                account -> List.of(account.id(), account.name(), account.email(), AccountToken.hash(token(account))));
        copy(
                connection,
                "orders (account_id, book_id, quantity, ordered)",
                orders,
                order -> List.of(order.accountId(), order.bookId(), order.quantity(), order.ordered()));
    }

    /** The generated texts hold no tab, newline or backslash, so nothing needs escaping. */
    private static <T> void copy(Connection connection, String target, List<T> rows, Function<T, List<Object>> cells)
            throws SQLException {
        String text = rows.stream()
                .map(row -> cells.apply(row).stream().map(Object::toString).collect(Collectors.joining("\t", "", "\n")))
                .collect(Collectors.joining());
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy " + target + " from stdin", new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
