package dev.freshet.benchmarks.load;

import dev.freshet.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The database under load: its tables and their changes. Thread-safe.
 *
 * @param rows of each table, numbered from 0
 */
public record Source(String url, String user, String password, int rows) {

    /** The table that changes. */
    public static final String TABLE = "item";

    /** Of a server that runs. */
    public static Source of(PostgresServer server, int rows) {
        return new Source(server.jdbcUrl("postgres"), server.user(), server.password(), rows);
    }

    /** A new connection that commits each statement. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return DriverManager.getConnection(url, properties);
    }

    /** Runs statements, each by itself. */
    public void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Makes a table of rows of about 130 bytes; half of each page is left free, so that updates find room there. */
    public void makeTable(String name) throws SQLException {
        run(
                "DROP TABLE IF EXISTS " + name,
                "CREATE TABLE " + name + " (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, txt text)"
                        + " WITH (fillfactor = 50, autovacuum_enabled = off)",
                "INSERT INTO " + name + " SELECT g, 0, repeat('x', 100) FROM generate_series(0, " + (rows - 1) + ") g",
                "VACUUM ANALYZE " + name);
    }

    /**
     * Changes each of these rows once. Returns when all is committed; what a commit acknowledged may not be on the disk
     * yet, so that the source is no part of what is measured.
     *
     * @param perTransaction rows of one transaction
     */
    public void change(String table, int from, int count, int perTransaction) throws SQLException {
        run("SET synchronous_commit = off", """
                DO $$
                BEGIN
                  FOR i IN %d .. %d BY %d LOOP
                    UPDATE %s SET n = n + 1 WHERE id BETWEEN i AND i + %d;
                    COMMIT;
                  END LOOP;
                END $$""".formatted(
                        from, from + count - 1, perTransaction, table, perTransaction - 1));
    }

    @Override
    public String toString() {
        return "Source[" + url + "]";
    }
}
