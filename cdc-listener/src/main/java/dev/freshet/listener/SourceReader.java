package dev.freshet.listener;

import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads what of the source its log does not tell. Reads catalogues only: no lock on a mapped table, held by DDL for
 * hours, makes it wait. Needs no right. Confined to one thread.
 */
final class SourceReader {

    /** From this version on a publication may name whole schemas. */
    private static final int SCHEMAS = 15;

    /** SQLSTATE {@code lock_not_available}. */
    private static final String LOCKED = "55P03";

    /**
     * Statistics are thrown away when the server recovers from a crash, and kept over an orderly restart; the archiver's
     * are hardly ever reset by anybody. A setting of the server may hide behind one of this role or of its session.
     */
    private static final String SERVER = """
            SELECT (SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint FROM pg_catalog.pg_stat_archiver),
              EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit' AND (setting = 'off'
                  OR reset_val = 'off' OR source IN ('database', 'user', 'database user', 'client', 'session')))
                OR EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) AS one
                  WHERE one ~* '^synchronous_commit=(off|false|no|0)$'),
              pg_current_wal_insert_lsn()::text""";

    private static final String TABLES = """
            WITH RECURSIVE mapped AS (
              SELECT n.nspname, c.relname, c.oid, c.relnamespace
              FROM unnest(?::name[], ?::name[]) AS m(schema, name)
              JOIN pg_catalog.pg_namespace n ON n.nspname = m.schema
              JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = m.name AND c.relkind IN ('r', 'p')),
            tree AS (
              SELECT oid AS root, oid FROM mapped
              UNION ALL
              SELECT t.root, i.inhrelid FROM tree t
              JOIN pg_catalog.pg_class p ON p.oid = t.oid AND p.relkind = 'p'
              JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending),
            published AS (
              SELECT m.oid, p.oid || ' ' || p.pubviaroot || p.pubinsert || p.pubupdate || p.pubdelete || p.pubtruncate
                || ' ' || p.puballtables || ' ' || coalesce(r.oid, 0) || ' ' || coalesce(%1$s, 0) AS how,
                p.puballtables OR r.oid IS NOT NULL OR %1$s IS NOT NULL AS whether
              FROM mapped m JOIN pg_catalog.pg_publication p ON p.pubname = ?
              LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = m.oid %2$s)
            SELECT m.nspname, m.relname, m.oid, coalesce(u.how, ''), coalesce(u.whether, false), c.oid, c.relfilenode
            FROM mapped m LEFT JOIN published u ON u.oid = m.oid
            JOIN tree t ON t.root = m.oid JOIN pg_catalog.pg_class c ON c.oid = t.oid""";

    private static final String SCHEMA_JOIN =
            "LEFT JOIN pg_catalog.pg_publication_namespace s ON s.pnpubid = p.oid AND s.pnnspid = m.relnamespace";

    private final CaptureSettings settings;

    SourceReader(CaptureSettings settings) {
        this.settings = settings;
    }

    /**
     * What was read.
     *
     * @param written how far the log was written after what is seen here happened
     */
    record Seen(SourceState state, Map<TableId, MappedTable> tables, Lsn written) {}

    Seen read(Connection connection) throws SQLException {
        Map<TableId, MappedTable> tables = tables(connection);
        SortedMap<TableId, String> fingerprints = new TreeMap<>();
        tables.forEach((table, found) -> fingerprints.put(table, found.fingerprint()));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SERVER)) {
            row.next();
            String incarnation = Optional.ofNullable(row.getString(1)).orElse("");
            return new Seen(
                    new SourceState(incarnation, row.getBoolean(2), fingerprints), tables, Lsn.parse(row.getString(3)));
        }
    }

    private Map<TableId, MappedTable> tables(Connection connection) throws SQLException {
        Map<TableId, MappedTable> found = new TreeMap<>();
        Map<TableId, SortedMap<Long, Long>> files = new TreeMap<>();
        boolean schemas = connection.getMetaData().getDatabaseMajorVersion() >= SCHEMAS;
        String sql = TABLES.formatted(schemas ? "s.oid" : "NULL::oid", schemas ? SCHEMA_JOIN : "");
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setArray(
                    1,
                    names(
                            connection,
                            settings.tables().stream().map(TableId::schema).toArray()));
            query.setArray(
                    2,
                    names(
                            connection,
                            settings.tables().stream().map(TableId::name).toArray()));
            query.setString(3, settings.publication());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    TableId table = new TableId(row.getString(1), row.getString(2));
                    files.computeIfAbsent(table, any -> new TreeMap<>()).put(row.getLong(6), row.getLong(7));
                    if (row.getLong(3) == row.getLong(6)) {
                        found.put(table, head(row));
                    }
                }
            }
        }
        Map<TableId, MappedTable> tables = new TreeMap<>();
        for (TableId table : settings.tables()) {
            MappedTable head = found.getOrDefault(table, MappedTable.ABSENT);
            tables.put(table, head.with(files.getOrDefault(table, new TreeMap<>())));
        }
        return tables;
    }

    private static MappedTable head(ResultSet row) throws SQLException {
        return new MappedTable(row.getLong(3), row.getString(4), row.getBoolean(5), new TreeMap<>());
    }

    /**
     * Whether the partitions never held a row that somebody could have read before they were part of the table: each has
     * no page, and the file that it was created with.
     */
    boolean bornEmpty(Connection connection, Collection<Long> partitions) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT count(*) FROM pg_catalog.pg_class c WHERE c.oid = ANY (?::oid[]) AND (c.relkind = 'p'"
                        + " OR c.relkind = 'r' AND c.relfilenode = c.oid AND pg_relation_size(c.oid) = 0)")) {
            query.setArray(
                    1,
                    connection.createArrayOf(
                            "text", partitions.stream().map(String::valueOf).toArray()));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1) == partitions.size();
            }
        } catch (SQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static Array names(Connection connection, Object[] names) throws SQLException {
        return connection.createArrayOf("text", names);
    }
}
