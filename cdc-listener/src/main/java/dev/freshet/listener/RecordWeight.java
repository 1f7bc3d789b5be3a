package dev.freshet.listener;

import java.nio.ByteBuffer;
import java.util.Collection;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * About how much memory a record takes, in bytes. Debezium's own estimate encodes each text to count its bytes; this one is
 * for a bound, and must be cheap. Stateless.
 */
final class RecordWeight {

    /** The record, its position and its topic. */
    private static final int RECORD = 600;

    private static final int OBJECT = 24;

    private RecordWeight() {}

    static long of(SourceRecord record) {
        return RECORD + weight(record.key()) + weight(record.value());
    }

    private static long weight(@org.jspecify.annotations.Nullable Object value) {
        if (value instanceof String text) {
            // Two bytes a character where one of them is not Latin; mostly one.
            return OBJECT + 2L * text.length();
        } else if (value instanceof Struct struct) {
            long sum = OBJECT;
            for (Field field : struct.schema().fields()) {
                sum += weight(struct.get(field));
            }
            return sum;
        } else if (value instanceof byte[] bytes) {
            return (long) OBJECT + bytes.length;
        } else if (value instanceof ByteBuffer bytes) {
            return (long) OBJECT + bytes.remaining();
        } else if (value instanceof Collection<?> elements) {
            return elements.stream().mapToLong(RecordWeight::weight).sum() + OBJECT;
        }
        return OBJECT;
    }
}
