package dev.freshet.cli.check;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own on a server, with a role of least privilege that the pipeline signs in as. */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final PostgresServer server;
    private final String name;

    private TestDatabase(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    public static TestDatabase create() {
        return create(EmbeddedStack.shared().postgres());
    }

    /** Database, role and pipeline are all called the same. */
    public static TestDatabase create(PostgresServer server) {
        TestDatabase database = new TestDatabase(server, "test_" + NUMBER.incrementAndGet());
        database.onServer(
                "CREATE ROLE " + database.name + " LOGIN REPLICATION PASSWORD 'secret'",
                "CREATE DATABASE " + database.name);
        return database;
    }

    public String name() {
        return name;
    }

    public PostgresServer server() {
        return server;
    }

    /** The file's beginning: pipeline, postgres and redis; caches are the test's. */
    public String yaml(String caches) {
        return """
                pipeline: %1$s
                postgres: { url: "%2$s", user: %1$s, password: secret }
                redis: { url: "redis://localhost:1" }
                caches:
                """.formatted(name, server.jdbcUrl(name)) + caches.indent(2);
    }

    /** As superuser, in this database. */
    public void run(List<String> statements) {
        run(server.jdbcUrl(name), statements.toArray(String[]::new));
    }

    public void run(String... statements) {
        run(server.jdbcUrl(name), statements);
    }

    public String ask(String query) {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(name), server.user(), server.password());
                Statement statement = connection.createStatement();
                java.sql.ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    private void onServer(String... statements) {
        run(server.jdbcUrl("postgres"), statements);
    }

    private void run(String url, String... statements) {
        try (Connection connection = DriverManager.getConnection(url, server.user(), server.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(String.join("\n", statements), e);
        }
    }

    @Override
    public void close() {
        onServer(
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active;"
                        + " SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                        + name + "'",
                "DROP DATABASE " + name + " WITH (FORCE)",
                "DROP ROLE IF EXISTS " + name);
    }
}
