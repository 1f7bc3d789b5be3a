package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class OversizedTest {

    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("title", Schema.OPTIONAL_STRING_SCHEMA)
            .field("cover", Schema.OPTIONAL_BYTES_SCHEMA)
            .optional()
            .build();
    private static final Schema ENVELOPE =
            SchemaBuilder.struct().field("before", ROW).field("after", ROW).build();

    private static Struct row(String title, byte[] cover) {
        return new Struct(ROW).put("id", 1).put("title", title).put("cover", ByteBuffer.wrap(cover));
    }

    private static SourceRecord record(Struct before, Struct after) {
        Struct envelope = new Struct(ENVELOPE).put("before", before).put("after", after);
        return new SourceRecord(Map.of(), Map.of(), "t", ENVELOPE, envelope);
    }

    @Test
    void aValueThatIsTooLongInOneImageIsToldInNone() {
        Struct before = row("old", new byte[11]);
        Struct after = row("x".repeat(11), new byte[3]);
        SourceRecord record = record(before, after);
        Oversized.drop(record, 10);
        for (Struct image : new Struct[] {before, after}) {
            assertThat(image.getString("title")).isEqualTo(SizeLimit.UNAVAILABLE);
            assertThat(new String(image.getBytes("cover"), StandardCharsets.UTF_8))
                    .isEqualTo(SizeLimit.UNAVAILABLE);
            assertThat(image.getInt32("id")).isEqualTo(1);
        }
    }

    @Test
    void whatFitsStays() {
        Struct after = row("x".repeat(10), new byte[10]);
        Oversized.drop(record(row("a", new byte[1]), after), 10);
        assertThat(after.getString("title")).isEqualTo("x".repeat(10));
        assertThat(after.getBytes("cover")).hasSize(10);
    }

    @Test
    void anImageOrAValueMayBeMissing() {
        Struct after = new Struct(ROW).put("id", 1).put("title", "x".repeat(11));
        SourceRecord record =
                new SourceRecord(Map.of(), Map.of(), "t", ENVELOPE, new Struct(ENVELOPE).put("after", after));
        Oversized.drop(record, 10);
        assertThat(after.getString("title")).isEqualTo(SizeLimit.UNAVAILABLE);
        Oversized.drop(new SourceRecord(Map.of(), Map.of(), "t", null, null), 10);
    }
}
