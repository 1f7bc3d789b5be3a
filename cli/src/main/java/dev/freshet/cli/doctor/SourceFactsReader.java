package dev.freshet.cli.doctor;

import dev.freshet.cli.check.ServerFacts;
import dev.freshet.model.config.FreshetConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a PostgreSQL for {@link SourceFacts}; needs no right beyond connecting. */
final class SourceFactsReader {

    private static final int FAILOVER_SLOTS = 170000;

    private static final String SETTINGS = """
            SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('max_slot_wal_keep_size', 'fsync',
              'idle_replication_slot_timeout', 'synchronized_standby_slots')""";

    private static final String ROLE = """
            SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,
              pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_others
            FROM pg_catalog.pg_roles WHERE rolname = current_user""";

    /** A setting of the server may hide behind one of this role or database. */
    private static final String LAX_COMMITS = """
            SELECT NULL, NULL FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'
              AND source NOT IN ('database', 'user', 'database user', 'client', 'session')
            UNION ALL
            SELECT d.datname, r.rolname FROM pg_catalog.pg_db_role_setting s
            LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
            LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS one
            WHERE one ~* '^synchronous_commit=(off|false|no|0)$' AND (s.setdatabase = 0 OR d.datname = current_database())""";

    /** A transaction of any database holds a slot back. */
    private static final String OPEN = """
            SELECT pid, coalesce(usename::text, '') AS usename, state LIKE 'idle in transaction%' AS idle,
              extract(epoch FROM clock_timestamp() - xact_start)::bigint AS age
            FROM pg_catalog.pg_stat_activity
            WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
              AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL OR state LIKE 'idle in transaction%')
            ORDER BY xact_start LIMIT 20""";

    private static final String PREPARED = """
            SELECT gid, database, extract(epoch FROM clock_timestamp() - prepared)::bigint AS age
            FROM pg_catalog.pg_prepared_xacts ORDER BY prepared LIMIT 20""";

    private static final String SLOTS = """
            SELECT slot_name, slot_name = ? AS own, slot_type = 'physical' AS physical, active,
              coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                ELSE pg_current_wal_lsn() END, restart_lsn), 0)::bigint AS retained,
              coalesce(wal_status, '') AS wal_status, %s AS failover
            FROM pg_catalog.pg_replication_slots ORDER BY slot_name""";

    private final FreshetConfig config;

    SourceFactsReader(FreshetConfig config) {
        this.config = config;
    }

    SourceFacts read(Connection connection, ServerFacts server) throws SQLException {
        Map<String, String> settings = new HashMap<>();
        rows(connection, SETTINGS, row -> settings.put(row.getString(1), row.getString(2)));
        List<SourceFacts.Role> role = new ArrayList<>();
        List<Boolean> sees = new ArrayList<>();
        rows(connection, ROLE, row -> {
            role.add(new SourceFacts.Role(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3), row.getBoolean(4)));
            sees.add(row.getBoolean(5));
        });
        List<SourceFacts.LaxCommit> lax = new ArrayList<>();
        rows(
                connection,
                LAX_COMMITS,
                row -> lax.add(new SourceFacts.LaxCommit(
                        Optional.ofNullable(row.getString(1)), Optional.ofNullable(row.getString(2)))));
        List<SourceFacts.Open> open = new ArrayList<>();
        rows(
                connection,
                OPEN,
                row -> open.add(new SourceFacts.Open(
                        row.getInt(1), row.getString(2), row.getBoolean(3), Duration.ofSeconds(row.getLong(4)))));
        List<SourceFacts.Prepared> prepared = new ArrayList<>();
        rows(
                connection,
                PREPARED,
                row -> prepared.add(new SourceFacts.Prepared(
                        row.getString(1), row.getString(2), Duration.ofSeconds(row.getLong(3)))));
        return new SourceFacts(
                server,
                role.get(0),
                settings,
                lax,
                sees.get(0),
                open,
                prepared,
                publication(connection),
                slots(connection, server));
    }

    private boolean publication(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT FROM pg_catalog.pg_publication WHERE pubname = ?")) {
            statement.setString(1, config.publication());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private List<SourceFacts.Slot> slots(Connection connection, ServerFacts server) throws SQLException {
        List<SourceFacts.Slot> slots = new ArrayList<>();
        boolean known = server.version() >= FAILOVER_SLOTS;
        try (PreparedStatement statement = connection.prepareStatement(SLOTS.formatted(known ? "failover" : "false"))) {
            statement.setString(1, config.slot());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    slots.add(new SourceFacts.Slot(
                            row.getString("slot_name"),
                            row.getBoolean("own"),
                            row.getBoolean("physical"),
                            row.getBoolean("active"),
                            row.getLong("retained"),
                            row.getString("wal_status"),
                            known ? Optional.of(row.getBoolean("failover")) : Optional.empty()));
                }
            }
        }
        return slots;
    }

    /** One row of an answer. */
    @FunctionalInterface
    private interface Row {
        void take(ResultSet row) throws SQLException;
    }

    private static void rows(Connection connection, String query, Row each) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                each.take(rows);
            }
        }
    }
}
