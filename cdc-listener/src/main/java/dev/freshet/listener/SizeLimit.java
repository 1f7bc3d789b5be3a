package dev.freshet.listener;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Makes a change fit: its largest columns are replaced by what Debezium writes for a value that it does not have, which
 * every reader of its topics must already take for "unknown". Never a column of the key. Thread-safe.
 */
final class SizeLimit {

    /** Debezium's default for {@code unavailable.value.placeholder}. */
    static final String UNAVAILABLE = "__debezium_unavailable_value";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private SizeLimit() {}

    /**
     * Replaces columns, the largest first, in the before and the after image, until the value fits.
     *
     * @param value an envelope as JSON
     * @throws ListenerException where it does not fit with all of them replaced
     */
    static byte[] fit(byte[] value, Collection<String> keyColumns, int limit) {
        if (value.length <= limit) {
            return value;
        }
        try {
            JsonNode envelope = MAPPER.readTree(value);
            int size = value.length;
            for (Column column : largestFirst(envelope, keyColumns)) {
                column.image.put(column.name, UNAVAILABLE);
                size -= column.saved();
                if (size <= limit) {
                    return MAPPER.writeValueAsBytes(envelope);
                }
            }
        } catch (IOException e) {
            throw new ListenerException("a change that is too large for its topic is not a JSON object", e);
        }
        throw new ListenerException("a change of " + value.length + " bytes does not fit into " + limit
                + " even without its large columns: raise the topic's max.message.bytes");
    }

    private static List<Column> largestFirst(JsonNode envelope, Collection<String> keyColumns)
            throws JsonProcessingException {
        List<Column> columns = new ArrayList<>();
        for (String side : List.of("before", "after")) {
            if (envelope.get(side) instanceof ObjectNode image) {
                for (var column : image.properties()) {
                    int length = MAPPER.writeValueAsBytes(column.getValue()).length;
                    if (!keyColumns.contains(column.getKey()) && length > UNAVAILABLE.length() + 2) {
                        columns.add(new Column(image, column.getKey(), length));
                    }
                }
            }
        }
        columns.sort(Comparator.comparingInt(Column::length).reversed());
        return columns;
    }

    private record Column(ObjectNode image, String name, int length) {
        int saved() {
            return length - UNAVAILABLE.length() - 2;
        }
    }
}
