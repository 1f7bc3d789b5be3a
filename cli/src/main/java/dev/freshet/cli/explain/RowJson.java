package dev.freshet.cli.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.Cell;
import dev.freshet.model.ColumnType;
import dev.freshet.model.Row;
import dev.freshet.model.Spelling;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A row image that a person wrote as a JSON object. Immutable. */
final class RowJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final String field;
    private final Map<String, JsonNode> values;

    private RowJson(String field, Map<String, JsonNode> values) {
        this.field = field;
        this.values = values;
    }

    static RowJson parse(String field, String text) {
        try {
            JsonNode json = JSON.readTree(text);
            if (!json.isObject()) {
                throw new UnexplainableException(field, "must be {\"column\": value, …}");
            }
            Map<String, JsonNode> values = new LinkedHashMap<>();
            json.properties().forEach(property -> values.put(property.getKey(), property.getValue()));
            return new RowJson(field, values);
        } catch (JsonProcessingException e) {
            throw new UnexplainableException(field, "is no JSON: " + e.getOriginalMessage());
        }
    }

    /** The row with every value printed as PostgreSQL prints it. */
    Row typed(SourceConnection source, TableShape shape) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (!shape.columns().containsKey(name)) {
                throw new UnexplainableException(
                        field,
                        "'" + shape.table() + "' has no column '" + name + "'"
                                + Spelling.suggestion(name, shape.columns().keySet()));
            }
            cells.put(
                    name,
                    value.isNull() ? Cell.NULL : printed(source, shape.columns().get(name), text(value)));
        });
        return Row.of(cells);
    }

    private Cell printed(SourceConnection source, Column column, String text) {
        try {
            String printed = source.call(connection -> {
                try (PreparedStatement statement =
                        connection.prepareStatement("SELECT CAST(? AS " + column.sqlType() + ")::text")) {
                    statement.setString(1, text);
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                        return row.getString(1);
                    }
                }
            });
            return Cell.known(printed, column.type().kind());
        } catch (SourceUnavailableException e) {
            if (e.getCause() instanceof SQLException refused
                    && String.valueOf(refused.getSQLState()).startsWith("22")) {
                throw new UnexplainableException(field, "column '" + column.name() + "': " + refused.getMessage());
            }
            throw e;
        }
    }

    /** The row with the types that JSON gives it. */
    Row assumed() {
        Map<String, Cell> cells = new LinkedHashMap<>();
        values.forEach(
                (name, value) -> cells.put(name, value.isNull() ? Cell.NULL : Cell.known(text(value), kind(value))));
        return Row.of(cells);
    }

    /** A table of the columns that the images name, all of them told of old rows. */
    static TableShape shape(TableId table, Optional<RowJson> before, Optional<RowJson> after) {
        Map<String, Column> columns = new LinkedHashMap<>();
        Stream.concat(before.stream(), after.stream())
                .forEach(row -> row.values.forEach((name, value) -> columns.put(
                        name,
                        new Column(
                                name,
                                new ColumnType("unknown", kind(value), ".*", true),
                                "text",
                                -1,
                                false,
                                Optional.empty()))));
        return new TableShape(table, columns, List.of(), Set.copyOf(columns.keySet()));
    }

    private static String text(JsonNode value) {
        if (value.isContainerNode()) {
            return value.toString();
        }
        return value.isNumber() ? value.decimalValue().toPlainString() : value.asText();
    }

    private static Cell.Kind kind(JsonNode value) {
        if (value.isIntegralNumber()) {
            return Cell.Kind.INTEGER;
        }
        if (value.isNumber()) {
            return Cell.Kind.DECIMAL;
        }
        if (value.isBoolean()) {
            return Cell.Kind.BOOLEAN;
        }
        return value.isContainerNode() ? Cell.Kind.JSON : Cell.Kind.TEXT;
    }
}
