package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field(
                    "state",
                    SchemaBuilder.string().optional().defaultValue("new").build())
            .build();

    private final RecordJson json = new RecordJson();

    @Test
    void aNullIsWrittenAsNullAndNotAsTheColumnsDefault() {
        Struct row = new Struct(ROW).put("id", 7L).put("state", null);
        SourceRecord record = new SourceRecord(Map.of(), Map.of(), "t", ROW, row, ROW, row);
        assertThat(new String(required(json.value(record)), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":7,\"state\":null}");
        assertThat(new String(required(json.key(record)), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":7,\"state\":null}");
        assertThat(RecordJson.keyColumns(record)).containsExactly("id", "state");
    }

    @Test
    void aTombstoneHasNoValueAndATableWithoutKeyNoKey() {
        SourceRecord record = new SourceRecord(Map.of(), Map.of(), "t", null, null, null, null);
        assertThat(json.value(record)).isNull();
        assertThat(json.key(record)).isNull();
        assertThat(RecordJson.keyColumns(record)).isEmpty();
    }

    private static byte[] required(byte @org.jspecify.annotations.Nullable [] bytes) {
        assertThat(bytes).isNotNull();
        return bytes == null ? new byte[0] : bytes;
    }
}
