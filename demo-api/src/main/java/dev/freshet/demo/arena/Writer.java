package dev.freshet.demo.arena;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.demo.judge.Commit;
import dev.freshet.demo.judge.Field;
import dev.freshet.demo.judge.Judge;
import dev.freshet.demo.strategy.Database;
import dev.freshet.demo.strategy.Strategies;
import dev.freshet.demo.strategy.Strategy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Commits changes and tells the judge. The application's own go through each strategy's write path; somebody else's come
 * by plain SQL, and nobody is told. Thread-safe.
 */
final class Writer implements AutoCloseable {

    private static final String TRANSACTION = "pg_current_xact_id()::text::bigint";

    private static final String PRICE = "with was as (select id, price from books where id = ? for update)"
            + " update books b set price = %s from was where b.id = was.id"
            + " returning (was.price * 100)::bigint, (b.price * 100)::bigint, " + TRANSACTION;
    private static final String RAISE_PRICE = String.format(PRICE, "b.price + 0.01");
    private static final String SET_PRICE = String.format(PRICE, "?");
    private static final String STOCK = "with was as (select book_id, quantity from stock where book_id = ? for update)"
            + " update stock s set quantity = s.quantity + 1 from was where s.book_id = was.book_id"
            + " returning was.quantity, s.quantity, " + TRANSACTION;
    private static final String REVIEW =
            "with was as (select coalesce(max(id), 0) as id from reviews where book_id = ?)"
                    + " insert into reviews (book_id, stars, body, written)"
                    + " values (?, 1 + (random() * 4)::int, 'I could not put it down.', now())"
                    + " returning (select id from was), id, " + TRANSACTION;

    private static final int LOCKS = 64;

    private final HikariDataSource application;
    private final HikariDataSource somebody;
    private final Strategies strategies;
    private final Judge judge;
    private final Object[] locks = new Object[LOCKS];
    private final LongAdder own = new LongAdder();
    private final LongAdder foreign = new LongAdder();

    Writer(Database database, Strategies strategies, Judge judge) {
        this.application = pool("arena-application", database);
        this.somebody = pool("arena-somebody-else", database);
        this.strategies = strategies;
        this.judge = judge;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    private static HikariDataSource pool(String name, Database database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }

    /** A small change to one field, by the application. */
    void writeOwn(long book, Field field) throws SQLException {
        change(application, book, field);
        for (Strategy strategy : strategies.all()) {
            strategy.wrote(book);
        }
        own.increment();
    }

    /** The same, by somebody else. */
    void writeForeign(long book, Field field) throws SQLException {
        change(somebody, book, field);
        foreign.increment();
    }

    /** Somebody else sets the price; what came of it, empty where there is no such book. */
    Optional<Commit> setPrice(long book, BigDecimal price) throws SQLException {
        Optional<Commit> commit = commit(somebody, book, Field.PRICE, SET_PRICE, statement -> {
            statement.setLong(1, book);
            statement.setBigDecimal(2, price);
        });
        commit.ifPresent(done -> foreign.increment());
        return commit;
    }

    /** The statement by which {@link #setPrice} does so, as people write it. */
    static String sql(long book, BigDecimal price) {
        return "update books set price = " + price.toPlainString() + " where id = " + book;
    }

    long ownWrites() {
        return own.sum();
    }

    long foreignWrites() {
        return foreign.sum();
    }

    private void change(HikariDataSource database, long book, Field field) throws SQLException {
        Optional<Commit> unused = switch (field) {
            case PRICE -> commit(database, book, field, RAISE_PRICE, statement -> statement.setLong(1, book));
            case STOCK -> commit(database, book, field, STOCK, statement -> statement.setLong(1, book));
            case REVIEW ->
                commit(database, book, field, REVIEW, statement -> {
                    statement.setLong(1, book);
                    statement.setLong(2, book);
                });
        };
    }

    @FunctionalInterface
    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    /** The connection commits by itself: when the statement has returned, the commit has. */
    private Optional<Commit> commit(
            HikariDataSource database, long book, Field field, String sql, Parameters parameters) throws SQLException {
        synchronized (locks[(int) (book % LOCKS)]) {
            try (Connection connection = database.getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                parameters.set(statement);
                try (ResultSet row = statement.executeQuery()) {
                    long returned = System.nanoTime();
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    Commit commit = new Commit(book, field, row.getLong(1), row.getLong(2), row.getLong(3), returned);
                    if (commit.before() != commit.after()) {
                        judge.committed(commit);
                    }
                    return Optional.of(commit);
                }
            }
        }
    }

    @Override
    public void close() {
        application.close();
        somebody.close();
    }
}
