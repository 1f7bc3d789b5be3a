package dev.freshet.listener;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a change fit: its largest columns are replaced by what Debezium writes for a value that it does not have, which
 * every reader of its topics must already take for "unknown". Columns of the key go last: without them the change says
 * no more than that some row of its table has changed. Thread-safe.
 */
final class SizeLimit {

    /** Debezium's default for {@code unavailable.value.placeholder}. */
    static final String UNAVAILABLE = "__debezium_unavailable_value";

    /** Larger values than Jackson reads by default are what this is for. */
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private SizeLimit() {}

    /**
     * The record itself where it fits. Otherwise without its large columns; or without any, and without its key.
     *
     * @param record its value is an envelope as JSON, or none
     * @param keyColumns are kept as long as possible
     * @param limit of key and value together, in bytes
     * @throws ListenerException where it does not even fit without any column
     */
    static OutgoingRecord fit(OutgoingRecord record, Collection<String> keyColumns, int limit) {
        byte[] value = record.value();
        if (record.size() <= limit) {
            return record;
        } else if (value == null) {
            return new OutgoingRecord(record.topic(), null, null, record.epoch());
        }
        try {
            JsonNode envelope = MAPPER.readTree(value);
            int size = record.size();
            for (Column column : largestFirst(envelope, keyColumns)) {
                size -= column.replace();
                if (size <= limit) {
                    return new OutgoingRecord(
                            record.topic(), record.key(), MAPPER.writeValueAsBytes(envelope), record.epoch());
                }
            }
            images(envelope).values().forEach(ObjectNode::removeAll);
            byte[] told = MAPPER.writeValueAsBytes(envelope);
            if (told.length <= limit) {
                return new OutgoingRecord(record.topic(), null, told, record.epoch());
            }
        } catch (IOException e) {
            throw new ListenerException("a change that is too large for its topic is not a JSON object", e);
        }
        throw new ListenerException("a change of " + value.length + " bytes does not fit into " + limit
                + " even without its columns: raise the topic's max.message.bytes");
    }

    private static Map<String, ObjectNode> images(JsonNode envelope) {
        Map<String, ObjectNode> images = new LinkedHashMap<>();
        for (String side : List.of("before", "after")) {
            if (envelope.get(side) instanceof ObjectNode image) {
                images.put(side, image);
            }
        }
        return images;
    }

    private static List<Column> largestFirst(JsonNode envelope, Collection<String> keyColumns)
            throws JsonProcessingException {
        Map<String, ObjectNode> images = images(envelope);
        Map<String, Column> columns = new LinkedHashMap<>();
        for (ObjectNode image : images.values()) {
            for (var column : image.properties()) {
                int length = MAPPER.writeValueAsBytes(column.getValue()).length;
                if (!keyColumns.contains(column.getKey())) {
                    columns.computeIfAbsent(column.getKey(), name -> new Column(name, new ArrayList<>()))
                            .values()
                            .add(new Value(image, length));
                }
            }
        }
        return columns.values().stream()
                .filter(column -> column.saved() > 0)
                .sorted(Comparator.comparingInt(Column::saved).reversed())
                .toList();
    }

    /** One image's value of a column. */
    private record Value(ObjectNode image, int length) {}

    /**
     * A column gives way in both images: a reader that finds it in the old one only takes it for unchanged, as what
     * PostgreSQL itself leaves out is.
     */
    private record Column(String name, List<Value> values) {

        int saved() {
            return values.stream()
                    .mapToInt(value -> value.length() - UNAVAILABLE.length() - 2)
                    .sum();
        }

        int replace() {
            values.forEach(value -> value.image().put(name, UNAVAILABLE));
            return saved();
        }
    }
}
