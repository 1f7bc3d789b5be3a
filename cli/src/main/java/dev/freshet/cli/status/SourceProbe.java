package dev.freshet.cli.status;

import dev.freshet.cli.status.Facts.Answer;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Asks PostgreSQL. Confined to one thread at a time. */
final class SourceProbe implements AutoCloseable {

    /** Through JSON, since only version 17 and newer have a reason to tell. */
    private static final String ASK = """
            SELECT clock_timestamp() AS now, s.slot_name IS NOT NULL AS exists, s.active,
              coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::bigint AS lag,
              coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint AS retained,
              coalesce(s.wal_status, 'unknown') AS wal_status, to_jsonb(s) ->> 'invalidation_reason' AS invalidated
            FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = ?""";

    private final SourceConnection connection;
    private final String slot;

    SourceProbe(FreshetConfig config, Duration limit) {
        this.connection = new SourceConnection(config.postgres(), "status", limit);
        this.slot = config.slot();
    }

    Answer<Facts.Source> ask() {
        try {
            return new Answer.Told<>(connection.call(this::read));
        } catch (SourceUnavailableException e) {
            return new Answer.Silent<>(String.valueOf(e.getMessage()));
        }
    }

    private Facts.Source read(Connection open) throws SQLException {
        try (PreparedStatement query = open.prepareStatement(ASK)) {
            query.setString(1, slot);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                Optional<Facts.Slot> found = row.getBoolean("exists")
                        ? Optional.of(new Facts.Slot(
                                row.getBoolean("active"),
                                row.getLong("lag"),
                                row.getLong("retained"),
                                row.getString("wal_status"),
                                Optional.ofNullable(row.getString("invalidated"))))
                        : Optional.empty();
                return new Facts.Source(
                        row.getObject("now", OffsetDateTime.class).toInstant(), found);
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
