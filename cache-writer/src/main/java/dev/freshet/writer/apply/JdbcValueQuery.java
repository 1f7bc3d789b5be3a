package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping.OnChange.RefreshQuery;
import dev.freshet.model.NamedQuery;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.writer.acknowledge.SnapshotSource;
import dev.freshet.writer.catalogue.SourceConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a mapping's query on the primary. One row becomes a JSON object of its columns, or a hash of their texts; a row
 * whose only column is json or jsonb is that JSON itself. Thread-confined.
 */
public final class JdbcValueQuery implements ValueQuery {

    private static final int SECONDS = 10;

    private final SourceConnection source;
    private final SnapshotSource snapshots;

    /** @param snapshots takes them from the same server, on this thread */
    public JdbcValueQuery(SourceConnection source, SnapshotSource snapshots) {
        this.source = source;
        this.snapshots = snapshots;
    }

    @Override
    public Loaded load(RefreshQuery refresh, NamedQuery query, Map<String, Optional<String>> parameters) {
        var snapshot = snapshots.take();
        Optional<Value> value = source.call(connection -> switch (refresh.format()) {
            case JSON -> json(connection, query, parameters);
            case HASH -> hash(connection, query, parameters);
        });
        return new Loaded(snapshot, value);
    }

    private static Optional<Value> json(
            Connection connection, NamedQuery query, Map<String, Optional<String>> parameters) throws SQLException {
        String wrapped = "SELECT row_to_json(q)::text FROM (" + sql(query) + "\n) AS q";
        String row = "SELECT * FROM (" + sql(query) + "\n) AS q";
        return isJsonItself(connection, row, query, parameters)
                ? one(connection, row, query, parameters, rows -> text(rows.getString(1)))
                : one(connection, wrapped, query, parameters, rows -> text(rows.getString(1)));
    }

    private static Optional<Value> text(String text) {
        return text == null ? Optional.empty() : Optional.of(new Value.Text(text));
    }

    private static boolean isJsonItself(
            Connection connection, String sql, NamedQuery query, Map<String, Optional<String>> parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, query, parameters)) {
            ResultSetMetaData columns = statement.getMetaData();
            String type = columns.getColumnTypeName(1);
            return columns.getColumnCount() == 1 && (type.equals("json") || type.equals("jsonb"));
        }
    }

    private static Optional<Value> hash(
            Connection connection, NamedQuery query, Map<String, Optional<String>> parameters) throws SQLException {
        return one(connection, "SELECT * FROM (" + sql(query) + "\n) AS q", query, parameters, rows -> {
            ResultSetMetaData columns = rows.getMetaData();
            Map<String, String> fields = new LinkedHashMap<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                Optional<String> field = Optional.ofNullable(rows.getString(i));
                String name = columns.getColumnLabel(i);
                field.ifPresent(text -> fields.put(name, text));
            }
            return fields.isEmpty() ? Optional.empty() : Optional.of(new Value.Hash(fields));
        });
    }

    /** Reads the one row of a result. */
    @FunctionalInterface
    private interface RowReader {
        Optional<Value> read(ResultSet rows) throws SQLException;
    }

    private static Optional<Value> one(
            Connection connection,
            String sql,
            NamedQuery query,
            Map<String, Optional<String>> parameters,
            RowReader reader)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, query, parameters);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            Optional<Value> value = reader.read(rows);
            if (rows.next()) {
                throw new SQLException(
                        "the query returns more than one row; aggregate them, as with json_agg", "21000");
            }
            return value;
        }
    }

    /** Texts of no stated type: the server takes each for what the query compares it with. */
    private static PreparedStatement prepare(
            Connection connection, String sql, NamedQuery query, Map<String, Optional<String>> parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout(SECONDS);
        statement.setMaxRows(2);
        int place = 1;
        for (String name : query.names()) {
            Optional<String> value = parameters.getOrDefault(name, Optional.empty());
            if (value.isPresent()) {
                statement.setObject(place++, value.get(), Types.OTHER);
            } else {
                statement.setNull(place++, Types.NULL);
            }
        }
        return statement;
    }

    /** A question mark of the query's own is an operator, which JDBC writes twice. */
    private static String sql(NamedQuery query) {
        Iterator<String> pieces = query.pieces().iterator();
        StringBuilder sql = new StringBuilder(pieces.next().replace("?", "??"));
        List<String> names = query.names();
        for (int i = 0; i < names.size(); i++) {
            sql.append('?').append(pieces.next().replace("?", "??"));
        }
        return sql.toString();
    }
}
