package dev.freshet.writer;

import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;

/** A database of a test class's own on the shared server; dropped at the end. */
public final class TestDatabase implements AutoCloseable {

    private final String name = "w_" + UUID.randomUUID().toString().replace("-", "");
    private final PostgresServer server = EmbeddedStack.shared().postgres();
    private final Connection connection;

    public TestDatabase() throws SQLException {
        try (Connection admin = connect("postgres");
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        connection = connect(name);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
    }

    /** A further connection. */
    public Connection connect() throws SQLException {
        return connect(name);
    }

    public void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row; {@code "null"} for null. */
    public String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    /** Drops whatever stands in it. */
    public void clear() throws SQLException {
        execute("DO $$ DECLARE s text; BEGIN FOR s IN SELECT nspname FROM pg_namespace"
                + " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP"
                + " EXECUTE 'DROP SCHEMA ' || quote_ident(s) || ' CASCADE'; END LOOP; CREATE SCHEMA public; END $$");
    }

    public String name() {
        return name;
    }

    public PostgresConfig config() {
        return new PostgresConfig(
                server.jdbcUrl(name), server.user(), new Secret(server.password()), 1L << 33, Map.of());
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        try (Connection admin = connect("postgres");
                Statement statement = admin.createStatement()) {
            statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
        }
    }
}
