package dev.freshet.listener;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Writes keys and values as Debezium's own JSON, without the schema part. Confined to one thread. */
final class RecordJson implements AutoCloseable {

    private final JsonConverter keys = new JsonConverter();
    private final JsonConverter values = new JsonConverter();

    RecordJson() {
        // By default the converter writes a column's DEFAULT where the row holds a null.
        Map<String, String> settings = Map.of("schemas.enable", "false", "replace.null.with.default", "false");
        keys.configure(settings, true);
        values.configure(settings, false);
    }

    byte @Nullable [] key(SourceRecord record) {
        return record.key() == null ? null : keys.fromConnectData(record.topic(), record.keySchema(), record.key());
    }

    byte @Nullable [] value(SourceRecord record) {
        return record.value() == null
                ? null
                : values.fromConnectData(record.topic(), record.valueSchema(), record.value());
    }

    /** The columns of the record's key; empty where the table has none. */
    static List<String> keyColumns(SourceRecord record) {
        return record.keySchema() == null
                ? List.of()
                : record.keySchema().fields().stream().map(Field::name).toList();
    }

    @Override
    public void close() {
        keys.close();
        values.close();
    }
}
