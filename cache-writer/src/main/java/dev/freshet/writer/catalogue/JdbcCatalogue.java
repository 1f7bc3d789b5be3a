package dev.freshet.writer.catalogue;

import dev.freshet.model.ColumnType;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The catalogue of a PostgreSQL, asked anew at each call; needs no right beyond connecting. Thread-confined. */
public final class JdbcCatalogue implements Catalogue {

    /**
     * A domain's base type comes from the end of its chain; every enum is one type here. A type of somebody's own has no
     * name that is known here, whatever it is called; citext is of an extension. What a generated column reads hangs on its
     * expression, and in PostgreSQL 14 on the column itself.
     */
    private static final String COLUMNS = """
            WITH RECURSIVE base(attnum, type, modifier) AS (
              SELECT a.attnum, a.atttypid, a.atttypmod FROM pg_attribute a
              WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
              UNION ALL
              SELECT b.attnum, t.typbasetype, t.typtypmod FROM base b JOIN pg_type t ON t.oid = b.type
              WHERE t.typtype = 'd')
            SELECT a.attname, b.modifier,
              CASE WHEN t.typtype = 'e' THEN 'enum'
                WHEN t.typnamespace = 'pg_catalog'::regnamespace OR t.typname = 'citext' AND t.typtype = 'b' THEN t.typname
                ELSE '' END AS type,
              format_type(a.atttypid, a.atttypmod) AS sql_type, a.attnotnull, a.attgenerated <> '' AS generated,
              pg_get_expr(d.adbin, d.adrelid) AS expression,
              ARRAY(SELECT r.attname::text FROM pg_depend p JOIN pg_attribute r
                    ON r.attrelid = p.refobjid AND r.attnum = p.refobjsubid
                    WHERE (p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
                        OR p.classid = 'pg_class'::regclass AND p.objid = a.attrelid AND p.objsubid = a.attnum)
                      AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid
                      AND p.refobjsubid > 0 AND r.attnum <> a.attnum) AS reads
            FROM pg_attribute a
            JOIN base b ON b.attnum = a.attnum
            JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = ?::oid
            ORDER BY a.attnum""";

    private static final String PRIMARY_KEY = """
            SELECT a.attname FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
            JOIN pg_attribute a ON a.attnum = k.attnum
            WHERE i.indrelid = ?::oid AND a.attrelid = i.indrelid AND i.indisprimary AND k.place <= i.indnkeyatts
            ORDER BY k.place""";

    /**
     * A change of a partitioned table carries the identity of the leaf that holds the row. The log holds no columns that
     * an index merely includes, and none of a deferrable key.
     */
    private static final String IDENTITIES = """
            SELECT c.relname, CASE c.relreplident
              WHEN 'f' THEN ARRAY(SELECT a.attname::text FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
              WHEN 'n' THEN '{}'::text[]
              ELSE ARRAY(SELECT a.attname::text FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
                JOIN pg_attribute a ON a.attnum = k.attnum
                WHERE i.indrelid = c.oid AND a.attrelid = c.oid AND k.place <= i.indnkeyatts AND i.indimmediate
                  AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END)
              END AS identity
            FROM pg_class c
            WHERE c.oid IN (SELECT relid FROM pg_partition_tree(?::regclass) WHERE isleaf)
               OR c.oid = ?::oid AND c.relkind <> 'p'""";

    private final SourceConnection source;

    public JdbcCatalogue(SourceConnection source) {
        this.source = source;
    }

    @Override
    public Optional<TableShape> shape(TableId table) {
        return source.call(connection -> read(connection, table));
    }

    private static Optional<TableShape> read(Connection connection, TableId table) throws SQLException {
        long oid;
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ?")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                oid = rows.getLong(1);
            }
        }
        return Optional.of(new TableShape(
                table, columns(connection, oid), primaryKey(connection, oid), identity(connection, oid)));
    }

    private static Map<String, TableShape.Column> columns(Connection connection, long oid) throws SQLException {
        Map<String, TableShape.Column> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString("attname");
                    Optional<TableShape.Generated> generated = rows.getBoolean("generated")
                            ? Optional.of(new TableShape.Generated(
                                    rows.getString("expression"), Set.copyOf(texts(rows.getArray("reads")))))
                            : Optional.empty();
                    columns.put(
                            name,
                            new TableShape.Column(
                                    name,
                                    ColumnType.named(rows.getString("type")),
                                    rows.getString("sql_type"),
                                    rows.getInt("modifier"),
                                    rows.getBoolean("attnotnull"),
                                    generated));
                }
            }
        }
        return columns;
    }

    private static List<String> primaryKey(Connection connection, long oid) throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PRIMARY_KEY)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    key.add(rows.getString(1));
                }
            }
        }
        return key;
    }

    /** What every leaf tells. A partitioned table without a leaf has no rows, and so no change, yet. */
    private static Set<String> identity(Connection connection, long oid) throws SQLException {
        Optional<Set<String>> told = Optional.empty();
        try (PreparedStatement statement = connection.prepareStatement(IDENTITIES)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Set<String> leaf = new HashSet<>(texts(rows.getArray("identity")));
                    told.ifPresent(leaf::retainAll);
                    told = Optional.of(leaf);
                }
            }
        }
        return told.orElse(Set.of());
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }
}
