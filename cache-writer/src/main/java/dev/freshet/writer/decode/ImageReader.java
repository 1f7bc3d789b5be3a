package dev.freshet.writer.decode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.Cell;
import dev.freshet.model.ColumnType;
import dev.freshet.model.Row;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads one record's row images. */
final class ImageReader {

    private final TableShape shape;
    private final Map<String, WireType> types;
    private final WireText text;

    ImageReader(TableShape shape, Map<String, WireType> types, WireText text) {
        this.shape = shape;
        this.types = types;
        this.text = text;
    }

    /** @throws UndecodableException where there is no such image */
    Row after(JsonNode image) {
        if (!image.isObject()) {
            throw new UndecodableException("the value is no envelope: after is missing");
        }
        return read(image, column -> true);
    }

    /** A column outside the replica identity stands in the image as null or as a default, and is unknown. */
    Row before(JsonNode image) {
        return read(image, shape::toldBefore);
    }

    private Row read(JsonNode image, Predicate<String> told) {
        Map<String, Cell> cells = new HashMap<>();
        image.properties().forEach(field -> {
            if (told.test(field.getKey())) {
                cells.put(field.getKey(), cell(field.getKey(), field.getValue()));
            }
        });
        return Row.of(cells);
    }

    /** A column that the catalogue no longer has is of no known type: no template can name it. */
    private Cell cell(String name, JsonNode value) {
        Column column = shape.columns().get(name);
        if (column == null) {
            column = new Column(name, ColumnType.named(""), "dropped", -1, false, Optional.empty());
        }
        return text.cell(column, types.getOrDefault(name, WireType.UNSTATED), value);
    }
}
