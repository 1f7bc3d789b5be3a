package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RowTest {

    @Test
    void aColumnThatIsNotThereIsUnknown() {
        assertThat(Row.of(Map.of()).cell("id")).isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void onlyUnknownColumnsAreTakenFromTheOtherImage() {
        Row after = Row.of(Map.of("a", Cell.text("1"), "b", Cell.UNKNOWN, "c", Cell.NULL, "e", Cell.UNKNOWN));
        Row before = Row.of(Map.of("a", Cell.text("0"), "b", Cell.text("2"), "c", Cell.text("3"), "d", Cell.NULL));
        Row merged = after.orElse(before);
        assertThat(merged.cell("a")).isEqualTo(Cell.text("1"));
        assertThat(merged.cell("b")).isEqualTo(Cell.text("2"));
        assertThat(merged.cell("c")).isEqualTo(Cell.NULL);
        assertThat(merged.cell("d")).isEqualTo(Cell.NULL);
        assertThat(merged.cell("e")).isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void noValueIsPrinted() {
        Row row = Row.of(Map.of("id", Cell.text("s3cret")));
        assertThat(row.toString() + row.cell("id")).contains("id").doesNotContain("s3cret");
    }

    @Test
    void aGeneratedColumnIsToldWhereAllThatItReadsIs() {
        Map<String, TableShape.Column> columns = new LinkedHashMap<>();
        for (String name : List.of("id", "title")) {
            columns.put(
                    name, new TableShape.Column(name, ColumnType.named("text"), "text", -1, false, Optional.empty()));
        }
        columns.put("slug", generated("slug", "id"));
        columns.put("head", generated("head", "id", "title"));
        TableShape shape = new TableShape(new TableId("a", "b"), columns, List.of("id"), Set.of("id"));
        assertThat(shape.toldBefore("id")).isTrue();
        assertThat(shape.toldBefore("title")).isFalse();
        assertThat(shape.toldBefore("slug")).isTrue();
        assertThat(shape.toldBefore("head")).isFalse();
        assertThat(shape.toldBefore("none")).isFalse();
    }

    private static TableShape.Column generated(String name, String... reads) {
        return new TableShape.Column(
                name,
                ColumnType.named("text"),
                "text",
                -1,
                false,
                Optional.of(new TableShape.Generated("…", Set.of(reads))));
    }
}
