package dev.freshet.cli;

import dev.freshet.model.config.PostgresConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an administrator may want to set beside the setup, as SQL comments: it concerns the whole server. */
final class SourceAdvice {

    private static final int FAILOVER_SLOTS = 17;

    private SourceAdvice() {}

    /** For this server; only what it lacks. */
    static List<String> of(Connection connection, PostgresConfig config) throws SQLException {
        return lines(connection.getMetaData().getDatabaseMajorVersion(), setting(connection), config);
    }

    /** For a server that could not be asked. */
    static List<String> unseen(PostgresConfig config) {
        return lines(FAILOVER_SLOTS, Optional.empty(), config);
    }

    /** @param keepSize the server's max_slot_wal_keep_size in megabytes; empty where there is no bound */
    static List<String> lines(int major, Optional<Long> keepSize, PostgresConfig config) {
        List<String> lines = new ArrayList<>();
        if (keepSize.isEmpty()) {
            // Twice, so that the listener warns, or gives the slot up, before the server does.
            long megabytes = Math.max(1, config.maxRetainedWal() >> 20) * 2;
            lines.add(
                    "-- Proposed: a bound on the WAL that any slot holds back, also while no listener runs. Beyond it the");
            lines.add("-- server gives the slot up rather than fill its disk; Freshet then flushes the mapped caches.");
            lines.add("-- ALTER SYSTEM SET max_slot_wal_keep_size = '" + megabytes + "MB';");
            lines.add("-- SELECT pg_reload_conf();");
        } else if (keepSize.get() < config.maxRetainedWal() >> 20) {
            lines.add("-- max_slot_wal_keep_size is " + keepSize.get() + "MB: the server gives the slot up before");
            lines.add("-- postgres.max-retained-wal is reached. Lower that, or raise the server's bound.");
        }
        if (major >= FAILOVER_SLOTS) {
            lines.add(
                    "-- The slot is made so that standbys of PostgreSQL 17 and newer can keep it. For that each standby needs");
            lines.add("-- sync_replication_slots = on, hot_standby_feedback = on, primary_slot_name, and a dbname in");
            lines.add(
                    "-- primary_conninfo; the primary best names their slots in synchronized_standby_slots. Changes then");
            lines.add("-- go on from the slot after a failover; the mapped caches are flushed all the same.");
        }
        return lines;
    }

    private static Optional<Long> setting(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size'")) {
            return row.next() && row.getLong(1) >= 0 ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }
}
