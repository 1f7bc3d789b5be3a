package dev.freshet.demo.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;

/** A row as a JSON object: numbers as numbers, moments in UTC, all else as its text, each under its column's label. */
final class JsonRow {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonRow() {}

    static ObjectNode read(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        ObjectNode object = NODES.objectNode();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            object.set(columns.getColumnLabel(i), cell(row, i, columns.getColumnType(i)));
        }
        return object;
    }

    private static JsonNode cell(ResultSet row, int column, int type) throws SQLException {
        if (row.getObject(column) == null) {
            return NODES.nullNode();
        }
        return switch (type) {
            case Types.INTEGER, Types.BIGINT -> NODES.numberNode(row.getLong(column));
            case Types.NUMERIC -> NODES.numberNode(row.getBigDecimal(column));
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                NODES.textNode(
                        row.getObject(column, OffsetDateTime.class).toInstant().toString());
            default -> NODES.textNode(row.getString(column));
        };
    }
}
