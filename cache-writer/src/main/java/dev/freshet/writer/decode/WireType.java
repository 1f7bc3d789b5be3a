package dev.freshet.writer.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a record's own schema part says of a column's encoding.
 *
 * @param type the plain type: {@code string}, {@code bytes}; empty where the record has no schema part
 * @param name the semantic type, {@code io.debezium.time.MicroTimestamp}; empty where the record names none
 * @param scale of a decimal that is written as bytes
 */
record WireType(String type, String name, OptionalInt scale) {

    static final WireType UNSTATED = new WireType("", "", OptionalInt.empty());

    /** By column, from the schema of an envelope's {@code after} or {@code before}. */
    static Map<String, WireType> ofImage(JsonNode envelopeSchema) {
        Map<String, WireType> types = new HashMap<>();
        for (JsonNode field : envelopeSchema.path("fields")) {
            String name = field.path("field").asText();
            if (name.equals("after") || name.equals("before")) {
                for (JsonNode column : field.path("fields")) {
                    JsonNode scale = column.path("parameters").path("scale");
                    types.put(
                            column.path("field").asText(),
                            new WireType(
                                    column.path("type").asText(""),
                                    column.path("name").asText(""),
                                    scale.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(scale.asInt())));
                }
            }
        }
        return types;
    }
}
