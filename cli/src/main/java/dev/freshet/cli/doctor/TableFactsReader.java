package dev.freshet.cli.doctor;

import dev.freshet.model.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks a PostgreSQL for {@link TableFacts}; needs no right beyond connecting. */
final class TableFactsReader {

    private static final String TABLE = """
            SELECT c.oid, has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable,
              ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')""";

    private static final String UNIQUE = """
            SELECT ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) AS columns
            FROM pg_catalog.pg_index i
            WHERE i.indrelid = ?::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
            ORDER BY i.indisprimary DESC, i.indexrelid""";

    private static final String LEAVES = """
            SELECT n.nspname, c.relname, c.relpersistence = 'p' AS logged, c.relreplident = 'f' AS full_identity,
              CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE coalesce(s.n_live_tup, 0) END AS rows,
              CASE WHEN c.reltuples > 0 THEN c.relpages::bigint * current_setting('block_size')::int
                ELSE pg_relation_size(c.oid) END AS bytes,
              CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_relation_size(c.reltoastrelid) END AS toast,
              ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                AND NOT a.attisdropped AND a.attlen = -1 AND a.attstorage <> 'p') AS toastable,
              ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                WHERE i.indrelid = c.oid AND i.indisprimary AND i.indimmediate) AS primary_key,
              coalesce(s.n_tup_ins, 0) AS inserts, coalesce(s.n_tup_upd, 0) AS updates, coalesce(s.n_tup_del, 0) AS deletes
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
            WHERE c.relkind = 'r' AND (c.oid = ?::oid
              OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(?::oid::regclass) WHERE isleaf))
            ORDER BY n.nspname, c.relname""";

    /** Where nobody ever threw the statistics away, they are as old as the database; a crash throws them away, too. */
    private static final String SINCE = """
            SELECT extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time())),
              w.wal_bytes, extract(epoch FROM clock_timestamp() - w.stats_reset)
            FROM pg_catalog.pg_stat_database d, pg_catalog.pg_stat_wal w WHERE d.datname = current_database()""";

    private TableFactsReader() {}

    /** Empty where there is no such table. */
    static Optional<TableFacts> read(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long oid = row.getLong("oid");
                return Optional.of(new TableFacts(
                        table,
                        row.getBoolean("readable"),
                        leaves(connection, oid),
                        unique(connection, oid),
                        texts(row.getArray("columns"))));
            }
        }
    }

    private static List<Set<String>> unique(Connection connection, long oid) throws SQLException {
        List<Set<String>> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(UNIQUE)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(texts(row.getArray(1)));
                }
            }
        }
        return keys;
    }

    private static List<TableFacts.Leaf> leaves(Connection connection, long oid) throws SQLException {
        List<TableFacts.Leaf> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    leaves.add(new TableFacts.Leaf(
                            new TableId(row.getString("nspname"), row.getString("relname")),
                            row.getBoolean("logged"),
                            row.getBoolean("full_identity"),
                            texts(row.getArray("primary_key")),
                            row.getDouble("rows"),
                            row.getLong("bytes"),
                            row.getLong("toast"),
                            texts(row.getArray("toastable")),
                            new TableFacts.Writes(
                                    row.getLong("inserts"), row.getLong("updates"), row.getLong("deletes"))));
                }
            }
        }
        return leaves;
    }

    /**
     * Since when the statistics count, and how much WAL the server has written since when.
     */
    record Since(Duration tables, double walBytes, Duration wal) {}

    static Since since(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SINCE)) {
            row.next();
            return new Since(seconds(row.getDouble(1)), row.getDouble(2), seconds(row.getDouble(3)));
        }
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
    }

    private static Set<String> texts(Array array) throws SQLException {
        return Set.copyOf(Arrays.asList((String[]) array.getArray()));
    }
}
