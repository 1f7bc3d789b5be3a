package dev.freshet.writer.catalogue;

import dev.freshet.model.config.PostgresConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * One connection to the source, opened when first needed and again after it broke. Printing is fixed to time zone UTC,
 * ISO dates and hexadecimal bytes. Confined to one thread at a time; {@link #close()} may come from any.
 */
public final class SourceConnection implements AutoCloseable {

    /** A question to the source. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private final PostgresConfig config;
    private final String purpose;
    private final Duration patience;
    private Optional<Connection> open = Optional.empty();
    private boolean closed;

    /** A server that is silent for half a minute is away. */
    public SourceConnection(PostgresConfig config, String purpose) {
        this(config, purpose, Duration.ofSeconds(30));
    }

    /**
     * @param purpose stands in {@code application_name}, so that an operator sees who is connected
     * @param patience how long an answer may take, in whole seconds
     */
    public SourceConnection(PostgresConfig config, String purpose, Duration patience) {
        this.config = config;
        this.purpose = purpose;
        this.patience = patience;
    }

    /**
     * Asks once; in autocommit, so that no transaction stays open.
     *
     * @throws SourceUnavailableException where connecting or asking failed; the next call connects anew
     */
    public <T> T call(Question<T> question) {
        try {
            return question.ask(connection());
        } catch (SQLException e) {
            drop();
            throw new SourceUnavailableException(
                    "PostgreSQL did not answer (" + purpose + "), SQLSTATE " + e.getSQLState(), e);
        }
    }

    private synchronized Connection connection() throws SQLException {
        if (closed) {
            throw new SQLException("closed", "08003");
        }
        if (open.isPresent()) {
            return open.get();
        }
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "freshet " + purpose);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", Long.toString(patience.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        properties.putAll(config.properties());
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password().reveal());
        Connection connection = DriverManager.getConnection(config.url(), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone TO 'UTC'");
            statement.execute("SET DateStyle TO 'ISO, YMD'");
            statement.execute("SET bytea_output TO 'hex'");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        open = Optional.of(connection);
        return connection;
    }

    private synchronized void drop() {
        open.ifPresent(connection -> {
            try {
                connection.close();
            } catch (SQLException e) {
                // It is broken already; a new one is opened for the next question.
                return;
            }
        });
        open = Optional.empty();
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}
