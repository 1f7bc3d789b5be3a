package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping.OnChange.RefreshQuery;
import dev.freshet.model.NamedQuery;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.writer.acknowledge.SnapshotSource;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.plan.CacheAction.Parameter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.LinkedHashMap;
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
    public Loaded load(RefreshQuery refresh, NamedQuery query, Map<String, Parameter> parameters) {
        var snapshot = snapshots.take();
        Optional<Value> value = source.call(connection -> switch (refresh.format()) {
            case JSON -> json(connection, query, parameters);
            case HASH -> hash(connection, query, parameters);
        });
        return new Loaded(snapshot, value);
    }

    private static Optional<Value> json(Connection connection, NamedQuery query, Map<String, Parameter> parameters)
            throws SQLException {
        String wrapped = "SELECT row_to_json(q)::text FROM (" + sql(query, parameters) + "\n) AS q";
        String row = "SELECT * FROM (" + sql(query, parameters) + "\n) AS q";
        return isJsonItself(connection, row, query, parameters)
                ? one(connection, row, query, parameters, rows -> text(rows.getString(1)))
                : one(connection, wrapped, query, parameters, rows -> text(rows.getString(1)));
    }

    private static Optional<Value> text(String text) {
        return text == null ? Optional.empty() : Optional.of(new Value.Text(text));
    }

    private static boolean isJsonItself(
            Connection connection, String sql, NamedQuery query, Map<String, Parameter> parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, query, parameters)) {
            ResultSetMetaData columns = statement.getMetaData();
            String type = columns.getColumnTypeName(1);
            return columns.getColumnCount() == 1 && (type.equals("json") || type.equals("jsonb"));
        }
    }

    private static Optional<Value> hash(Connection connection, NamedQuery query, Map<String, Parameter> parameters)
            throws SQLException {
        return one(connection, "SELECT * FROM (" + sql(query, parameters) + "\n) AS q", query, parameters, rows -> {
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
            Connection connection, String sql, NamedQuery query, Map<String, Parameter> parameters, RowReader reader)
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

    private static PreparedStatement prepare(
            Connection connection, String sql, NamedQuery query, Map<String, Parameter> parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout(SECONDS);
        statement.setMaxRows(2);
        int place = 1;
        for (String name : query.names()) {
            statement.setString(place++, parameter(parameters, name).text().orElse(null));
        }
        return statement;
    }

    /** Each parameter is of its column's type, as the check at start has planned the query. */
    private static String sql(NamedQuery query, Map<String, Parameter> parameters) {
        return query.jdbc(name -> "CAST(? AS " + parameter(parameters, name).sqlType() + ")");
    }

    private static Parameter parameter(Map<String, Parameter> parameters, String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no value for :" + name);
        }
        return parameter;
    }
}
