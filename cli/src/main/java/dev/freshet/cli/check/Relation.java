package dev.freshet.cli.check;

import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalogue says of something that a mapping names as its table.
 *
 * @param kind {@code pg_class.relkind}
 * @param owned whether the role may alter it, and so add it to a publication
 * @param ancestors the partitioned tables that it is a part of
 * @param leaves what holds the rows: the table itself, or its partitions
 */
record Relation(
        TableId table, char kind, boolean owned, boolean rowSecurity, List<TableId> ancestors, List<Leaf> leaves) {

    /**
     * A table that holds rows.
     *
     * @param persistence {@code pg_class.relpersistence}
     * @param identity the columns that PostgreSQL logs of an old row; empty: it refuses updates once they are published
     * @param generated the kinds, as {@code pg_attribute.attgenerated}, of what is in old rows that are logged whole
     */
    record Leaf(TableId table, char kind, char persistence, Set<String> identity, Set<String> generated) {

        /** Whether an old row's image tells the column, or what it is computed from. */
        boolean tells(TableShape.Column column) {
            return column.generated()
                    .map(generated -> identity.containsAll(generated.reads()))
                    .orElseGet(() -> identity.contains(column.name()));
        }

        String fullIdentity() {
            return "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL;";
        }
    }

    private static final String RELATION = """
            SELECT c.oid, c.relkind, pg_has_role(c.relowner, 'USAGE') AS owned, row_security_active(c.oid) AS secured
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?""";

    private static final String ANCESTORS = """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_partition_ancestors(?::oid) a
            JOIN pg_catalog.pg_class c ON c.oid = a.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid <> ?::oid""";

    /** A deferrable primary key identifies no row for the log, and of an index only its key columns are logged. */
    private static final String LEAVES = """
            SELECT n.nspname, c.relname, c.relkind, c.relpersistence, CASE c.relreplident
              WHEN 'f' THEN ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
              WHEN 'n' THEN '{}'::text[]
              ELSE ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i
                JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
                  AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
                  AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END)
              END AS identity,
              ARRAY(SELECT DISTINCT a.attgenerated::text FROM pg_catalog.pg_attribute a WHERE c.relreplident = 'f'
                AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> '') AS generated
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(?::regclass) WHERE isleaf)
               OR c.oid = ?::oid
            ORDER BY n.nspname, c.relname""";

    /** Empty where nothing is named so. */
    static Optional<Relation> read(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELATION)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long oid = row.getLong("oid");
                return Optional.of(new Relation(
                        table,
                        row.getString("relkind").charAt(0),
                        row.getBoolean("owned"),
                        row.getBoolean("secured"),
                        ancestors(connection, oid),
                        leaves(connection, oid)));
            }
        }
    }

    private static List<TableId> ancestors(Connection connection, long oid) throws SQLException {
        List<TableId> ancestors = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(ANCESTORS)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ancestors.add(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return ancestors;
    }

    private static List<Leaf> leaves(Connection connection, long oid) throws SQLException {
        List<Leaf> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    char kind = rows.getString("relkind").charAt(0);
                    if (kind != 'p') {
                        leaves.add(new Leaf(
                                new TableId(rows.getString("nspname"), rows.getString("relname")),
                                kind,
                                rows.getString("relpersistence").charAt(0),
                                texts(rows, "identity"),
                                texts(rows, "generated")));
                    }
                }
            }
        }
        return leaves;
    }

    private static Set<String> texts(ResultSet row, String column) throws SQLException {
        return Set.copyOf(Arrays.asList((String[]) row.getArray(column).getArray()));
    }
}
