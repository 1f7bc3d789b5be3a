package dev.freshet.system.dashboards;

import dev.freshet.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A table of books, and changes of every kind of them, twenty transactions a second until it is closed. */
final class Changes implements AutoCloseable {

    private final Connection connection;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile Optional<SQLException> failure = Optional.empty();
    private int round;

    private Changes(Connection connection) {
        this.connection = connection;
    }

    static Changes begin(PostgresServer postgres) throws SQLException {
        Connection connection =
                DriverManager.getConnection(postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
        Changes changes = new Changes(connection);
        changes.execute("CREATE TABLE books (id int PRIMARY KEY, genre int NOT NULL, title text NOT NULL)");
        changes.execute("ALTER TABLE books REPLICA IDENTITY FULL");
        changes.execute("INSERT INTO books SELECT i, i % 10, 'title ' || i FROM generate_series(1, 100) i");
        return changes;
    }

    void goOn() {
        var unused = thread.scheduleAtFixedRate(this::change, 0, 50, TimeUnit.MILLISECONDS);
    }

    private void change() {
        try {
            round++;
            execute("UPDATE books SET title = 'title ' || " + round + ", genre = (genre + 1) % 10 WHERE id = "
                    + (1 + round % 100));
            execute("INSERT INTO books VALUES (" + (1_000 + round) + ", 1, 'new')");
            execute("DELETE FROM books WHERE id = " + (1_000 + round));
        } catch (SQLException e) {
            failure = Optional.of(e);
            throw new IllegalStateException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Optional<SQLException> failure() {
        return failure;
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        connection.close();
    }
}
