package dev.freshet.client;

import dev.freshet.model.Snapshot;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of a test's own with one table of books, and what a reader does with it. */
final class Source implements AutoCloseable {

    private final PostgresServer server;
    private final String name =
            "c_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

    /** How many books were read. */
    final AtomicInteger loads = new AtomicInteger();

    /** How many snapshots were taken. */
    final AtomicInteger snapshots = new AtomicInteger();

    Source() {
        this(EmbeddedStack.shared().postgres());
    }

    Source(PostgresServer server) {
        this.server = server;
        run("postgres", "CREATE DATABASE " + name);
        execute("CREATE TABLE books (id bigint PRIMARY KEY, title text)");
    }

    record Book(long id, String title) {}

    Connection connect() throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(name), server.user(), server.password());
    }

    void execute(String... sql) {
        run(name, sql);
    }

    private void run(String database, String... sql) {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Optional<Snapshot> snapshot() throws SQLException {
        snapshots.incrementAndGet();
        try (Connection connection = connect()) {
            return JdbcSnapshots.take(connection);
        }
    }

    /** The id of a transaction that has just committed this. */
    long change(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            try (ResultSet id = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                id.next();
                long transaction = Long.parseLong(id.getString(1));
                connection.commit();
                return transaction;
            }
        }
    }

    Loader<Book, SQLException> book(long id) {
        return () -> {
            try (Connection connection = connect()) {
                return book(connection, id);
            }
        };
    }

    Optional<Book> book(Connection connection, long id) throws SQLException {
        loads.incrementAndGet();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, title FROM books WHERE id = " + id)) {
            return row.next() ? Optional.of(new Book(row.getLong(1), row.getString(2))) : Optional.empty();
        }
    }

    @Override
    public void close() {
        run("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }
}
