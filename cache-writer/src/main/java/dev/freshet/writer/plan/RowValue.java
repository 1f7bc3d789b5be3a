package dev.freshet.writer.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.model.CacheMapping.OnChange.RefreshRow;
import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import dev.freshet.redis.KeyCommand.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a refresh by row stores. */
final class RowValue {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(e[+-]?\\d+)?");

    private RowValue() {}

    /** Empty where a column is unknown, or where a hash would have no field. */
    static Optional<Value> of(RefreshRow refresh, Row row) {
        if (refresh.columns().stream().anyMatch(column -> row.cell(column) instanceof Cell.Unknown)) {
            return Optional.empty();
        }
        return switch (refresh.format()) {
            case JSON -> Optional.of(new Value.Text(json(refresh.columns(), row)));
            case HASH -> hash(refresh.columns(), row);
        };
    }

    private static String json(List<String> columns, Row row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (String column : columns) {
                json.writeFieldName(column);
                if (row.cell(column) instanceof Cell.Known known) {
                    write(json, known);
                } else {
                    json.writeNull();
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Cell.Known cell) throws IOException {
        switch (cell.kind()) {
            case INTEGER, BOOLEAN, JSON -> json.writeRawValue(cell.text());
            case DECIMAL -> {
                if (NUMBER.matcher(cell.text()).matches()) {
                    json.writeRawValue(cell.text());
                } else {
                    json.writeString(cell.text());
                }
            }
            case TEXT -> json.writeString(cell.text());
        }
    }

    /** Redis knows no null: a null column is a field that is not there. */
    private static Optional<Value> hash(List<String> columns, Row row) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String column : columns) {
            if (row.cell(column) instanceof Cell.Known known) {
                fields.put(column, known.text());
            }
        }
        return fields.isEmpty() ? Optional.empty() : Optional.of(new Value.Hash(fields));
    }
}
