package dev.freshet.client;

import dev.freshet.model.Snapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Loads over JDBC and checks, on the very connection that loads, whether the value may be cached: not on a server in
 * recovery, not in a transaction that has written, not in one whose snapshot is older than the load. So it may be used
 * where a {@link DataSource} hands out the connection of a transaction under way. Thread-safe if the query is.
 */
public final class JdbcLoader<T> implements Loader<T, SQLException> {

    private final DataSource source;
    private final Query<T> query;

    /** Reads the value; empty where there is none. */
    @FunctionalInterface
    public interface Query<T> {
        Optional<T> read(Connection connection) throws SQLException;
    }

    private JdbcLoader(DataSource source, Query<T> query) {
        this.source = source;
        this.query = query;
    }

    public static <T> JdbcLoader<T> of(DataSource source, Query<T> query) {
        return new JdbcLoader<>(source, query);
    }

    @Override
    public Optional<T> load() throws SQLException {
        try (Connection connection = source.getConnection()) {
            return query.read(connection);
        }
    }

    Loaded<T> loadChecked() throws SQLException {
        try (Connection connection = source.getConnection()) {
            Optional<Snapshot> snapshot = JdbcSnapshots.take(connection);
            Optional<T> value = query.read(connection);
            // What the query wrote itself may yet be rolled back.
            return new Loaded<>(value, JdbcSnapshots.hasWritten(connection) ? Optional.empty() : snapshot);
        }
    }
}
