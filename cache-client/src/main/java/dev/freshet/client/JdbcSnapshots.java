package dev.freshet.client;

import dev.freshet.model.Snapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.sql.DataSource;

/** What a connection to PostgreSQL can see, and whether what it reads may be cached. Thread-safe as its source is. */
final class JdbcSnapshots implements SnapshotSource {

    /** As the heartbeats tell it: not the transaction's time, which may have begun long ago. */
    private static final String CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private static final String QUERY = "SELECT pg_current_snapshot()::text, pg_is_in_recovery(),"
            + " pg_current_xact_id_if_assigned() IS NOT NULL, current_setting('transaction_isolation')";

    private final DataSource primary;

    JdbcSnapshots(DataSource primary) {
        this.primary = primary;
    }

    @Override
    public Optional<Snapshot> take() throws SQLException {
        try (Connection connection = primary.getConnection()) {
            return take(connection);
        }
    }

    @Override
    public Optional<Instant> time() throws SQLException {
        try (Connection connection = primary.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CLOCK)) {
            return row.next() ? Optional.of(Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS)) : Optional.empty();
        }
    }

    /** Whether a transaction is under way here that has written. */
    static boolean hasWritten(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")) {
            return !row.next() || row.getBoolean(1);
        }
    }

    static Optional<Snapshot> take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            if (!row.next()) {
                return Optional.empty();
            }
            boolean inRecovery = row.getBoolean(2);
            boolean hasWritten = row.getBoolean(3);
            // Under such a transaction every query sees what the first one saw, and that may have been long ago.
            boolean frozen = !connection.getAutoCommit() && !row.getString(4).equals("read committed");
            return inRecovery || hasWritten || frozen
                    ? Optional.empty()
                    : Optional.of(Snapshot.parse(row.getString(1)));
        }
    }
}
