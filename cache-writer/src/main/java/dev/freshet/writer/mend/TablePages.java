package dev.freshet.writer.mend;

import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.writer.catalogue.SourceConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a table in the order of its primary key, some rows at a time, each time in a statement and a transaction of its
 * own: none stays open that would hold up vacuum. Values are as the change stream would tell them. Thread-confined.
 */
final class TablePages {

    private static final String PARTITIONED = "SELECT relkind = 'p' FROM pg_class WHERE oid = ?::regclass";

    /** A null in a unique column makes no key, so that nulls may be as many as they like. */
    private static final String UNIQUE_KEYS = """
            SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)
            FROM pg_index i
            WHERE i.indrelid = ?::regclass AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL""";

    /** A row, and where it stands: its primary key as text. */
    record Line(List<String> key, Row row) {
        Line {
            key = List.copyOf(key);
        }

        @Override
        public String toString() {
            return "Line" + row; // a value never reaches a log
        }
    }

    private final SourceConnection source;
    private final TableShape shape;
    private final boolean partitioned;

    private TablePages(SourceConnection source, TableShape shape, boolean partitioned) {
        this.source = source;
        this.shape = shape;
        this.partitioned = partitioned;
    }

    static TablePages of(SourceConnection source, TableShape shape) {
        boolean partitioned = source.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(PARTITIONED)) {
                statement.setString(1, shape.table().quoted());
                try (ResultSet rows = statement.executeQuery()) {
                    return rows.next() && rows.getBoolean(1);
                }
            }
        });
        return new TablePages(source, shape, partitioned);
    }

    /** The columns of each unique index of a table. */
    static List<Set<String>> uniqueKeys(SourceConnection source, TableId table) {
        return source.call(connection -> {
            List<Set<String>> keys = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(UNIQUE_KEYS)) {
                statement.setString(1, table.quoted());
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        keys.add(Set.copyOf(
                                Arrays.asList((String[]) rows.getArray(1).getArray())));
                    }
                }
            }
            return keys;
        });
    }

    /**
     * Rows in the order of their keys.
     *
     * @param columns that the rows are to tell
     * @param after the key before the first
     * @param last the key of the last
     */
    List<Line> read(Collection<String> columns, Optional<List<String>> after, Optional<List<String>> last, int most) {
        String sql = sql(columns, after.isPresent(), last.isPresent());
        return source.call(connection -> read(connection, sql, List.copyOf(columns), after, last, most));
    }

    private List<Line> read(
            Connection connection,
            String sql,
            List<String> columns,
            Optional<List<String>> after,
            Optional<List<String>> last,
            int most)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int place = 1;
            for (String part : after.orElse(List.of())) {
                statement.setString(place++, part);
            }
            for (String part : last.orElse(List.of())) {
                statement.setString(place++, part);
            }
            statement.setInt(place, most);
            List<Line> lines = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.add(line(rows, columns));
                }
            }
            return lines;
        }
    }

    private Line line(ResultSet rows, List<String> columns) throws SQLException {
        List<String> key = new ArrayList<>();
        int place = 1;
        for (int i = 0; i < shape.primaryKey().size(); i++) {
            key.add(rows.getString(place++));
        }
        Map<String, Cell> cells = new HashMap<>();
        for (String column : columns) {
            cells.put(column, cell(shape.column(column), Optional.ofNullable(rows.getString(place++))));
        }
        return new Line(key, Row.of(cells));
    }

    /** What the change stream does not tell exactly is not told here either. */
    private static Cell cell(TableShape.Column column, Optional<String> text) {
        if (!column.type().inKeys()) {
            return Cell.UNKNOWN;
        }
        return text.map(known -> Cell.known(known, column.type().kind())).orElse(Cell.NULL);
    }

    private String sql(Collection<String> columns, boolean after, boolean last) {
        StringBuilder sql = new StringBuilder("SELECT ");
        List<String> all = new ArrayList<>(shape.primaryKey());
        all.addAll(columns);
        sql.append(all.stream().map(column -> column(column) + "::text").collect(Collectors.joining(", ")));
        // The rows of a table that inherits from this one come under that table's own name.
        sql.append(partitioned ? " FROM " : " FROM ONLY ")
                .append(shape.table().quoted())
                .append(" AS r");
        if (after || last) {
            sql.append(" WHERE ");
        }
        if (after) {
            sql.append(key()).append(" > ").append(places());
        }
        if (after && last) {
            sql.append(" AND ");
        }
        if (last) {
            sql.append(key()).append(" <= ").append(places());
        }
        String order = shape.primaryKey().stream().map(TablePages::column).collect(Collectors.joining(", "));
        return sql.append(" ORDER BY ").append(order).append(" LIMIT ?").toString();
    }

    /** With the table's name: alone it would mean the column's text, which is in another order. */
    private static String column(String name) {
        return "r." + SqlIdentifier.quote(name);
    }

    private String key() {
        return shape.primaryKey().stream().map(TablePages::column).collect(Collectors.joining(", ", "(", ")"));
    }

    private String places() {
        return shape.primaryKey().stream()
                .map(column -> "CAST(? AS " + shape.column(column).sqlType() + ")")
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
