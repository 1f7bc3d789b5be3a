package dev.freshet.listener;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Drops values that no message could hold from a record before it is written: as JSON they would be in memory several
 * times over. Stateless.
 */
final class Oversized {

    private Oversized() {}

    /**
     * Puts the placeholder in place of every text and every bytes longer than {@code limit}, in both images.
     *
     * @param record is changed
     */
    static void drop(SourceRecord record, int limit) {
        if (!(record.value() instanceof Struct envelope)) {
            return;
        }
        List<Struct> images = images(envelope);
        for (Struct image : images) {
            for (Field column : image.schema().fields()) {
                if (hasLength(column) && length(image.getWithoutDefault(column.name())) > limit) {
                    images.forEach(each -> replace(each, column.name()));
                }
            }
        }
    }

    private static List<Struct> images(Struct envelope) {
        List<Struct> images = new ArrayList<>(2);
        for (String side : List.of("before", "after")) {
            if (envelope.schema().field(side) != null && envelope.get(side) instanceof Struct image) {
                images.add(image);
            }
        }
        return images;
    }

    private static boolean hasLength(Field column) {
        return column.schema().type() == Schema.Type.STRING || column.schema().type() == Schema.Type.BYTES;
    }

    private static int length(Object value) {
        if (value instanceof String text) {
            return text.length();
        } else if (value instanceof ByteBuffer bytes) {
            return bytes.remaining();
        }
        return value instanceof byte[] bytes ? bytes.length : 0;
    }

    private static void replace(Struct image, String column) {
        Field field = image.schema().field(column);
        if (field == null) {
            return;
        }
        switch (field.schema().type()) {
            case STRING -> image.put(field, SizeLimit.UNAVAILABLE);
            case BYTES -> image.put(field, ByteBuffer.wrap(SizeLimit.UNAVAILABLE.getBytes(StandardCharsets.UTF_8)));
            default -> {
                // Of no length of its own.
            }
        }
    }
}
