package dev.freshet.listener;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys and values as Debezium's own JSON, without the schema part: byte for byte what Kafka's {@link JsonConverter}
 * writes, without the tree that it builds first, which was a seventh of the listener's CPU. What is rare is left to it.
 * Confined to one thread.
 */
final class RecordJson implements AutoCloseable {

    private static final Set<String> CONVERTED =
            Set.of(Decimal.LOGICAL_NAME, Date.LOGICAL_NAME, Time.LOGICAL_NAME, Timestamp.LOGICAL_NAME);

    private final JsonFactory json = new JsonFactory();
    private final JsonConverter converter = new JsonConverter();

    RecordJson() {
        // By default the converter writes a column's DEFAULT where the row holds a null.
        converter.configure(Map.of("schemas.enable", "false", "replace.null.with.default", "false"), false);
    }

    byte @Nullable [] key(SourceRecord record) {
        return record.key() == null ? null : bytes(record.keySchema(), record.key());
    }

    byte @Nullable [] value(SourceRecord record) {
        return record.value() == null ? null : bytes(record.valueSchema(), record.value());
    }

    private byte[] bytes(@Nullable Schema schema, Object value) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(json._getBufferRecycler())) {
            try (JsonGenerator out = json.createGenerator(bytes)) {
                write(out, schema, value);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(JsonGenerator out, @Nullable Schema schema, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (schema == null || (schema.name() != null && CONVERTED.contains(schema.name()))) {
            convert(out, schema, value);
        } else {
            writeOfType(out, schema, value);
        }
    }

    private void writeOfType(JsonGenerator out, Schema schema, Object value) throws IOException {
        switch (schema.type()) {
            case INT8, INT16, INT32, INT64 -> out.writeNumber(((Number) value).longValue());
            case BOOLEAN -> out.writeBoolean((Boolean) value);
            case STRING -> out.writeString(value.toString());
            case STRUCT -> writeStruct(out, (Struct) value);
            case ARRAY -> {
                out.writeStartArray();
                for (Object element : (Iterable<?>) value) {
                    write(out, schema.valueSchema(), element);
                }
                out.writeEndArray();
            }
            case BYTES -> {
                if (value instanceof ByteBuffer buffer) {
                    byte[] copy = new byte[buffer.remaining()];
                    buffer.duplicate().get(copy);
                    out.writeBinary(copy);
                } else {
                    out.writeBinary((byte[]) value);
                }
            }
            default -> convert(out, schema, value);
        }
    }

    private void writeStruct(JsonGenerator out, Struct struct) throws IOException {
        out.writeStartObject();
        for (Field field : struct.schema().fields()) {
            out.writeFieldName(field.name());
            write(out, field.schema(), struct.getWithoutDefault(field.name()));
        }
        out.writeEndObject();
    }

    private void convert(JsonGenerator out, @Nullable Schema schema, Object value) throws IOException {
        out.writeRawValue(new String(converter.fromConnectData("", schema, value), StandardCharsets.UTF_8));
    }

    /** The columns of the record's key; empty where the table has none. */
    static List<String> keyColumns(SourceRecord record) {
        return record.keySchema() == null
                ? List.of()
                : record.keySchema().fields().stream().map(Field::name).toList();
    }

    @Override
    public void close() {
        converter.close();
    }
}
