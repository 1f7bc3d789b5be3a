package dev.freshet.writer;

import dev.freshet.model.ColumnType;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import dev.freshet.model.TableShape.Generated;
import dev.freshet.writer.catalogue.Catalogue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tables for tests, without a database. */
public final class Tables {

    public static final TableId BOOKS = new TableId("public", "books");

    private Tables() {}

    public static Column column(String name, String type) {
        return column(name, type, -1);
    }

    /** @param modifier as in {@code atttypmod} */
    public static Column column(String name, String type, int modifier) {
        return new Column(name, ColumnType.named(type), type, modifier, false, Optional.empty());
    }

    public static Column generated(String name, String type, String expression, String... reads) {
        return new Column(
                name, ColumnType.named(type), type, -1, false, Optional.of(new Generated(expression, Set.of(reads))));
    }

    /** With a primary key of the first column, and the replica identity that follows from it. */
    public static TableShape keyed(TableId table, Column... columns) {
        return shape(table, Set.of(columns[0].name()), columns);
    }

    /** With {@code REPLICA IDENTITY FULL}. */
    public static TableShape full(TableId table, Column... columns) {
        return shape(
                table,
                Set.copyOf(Arrays.stream(columns)
                        .filter(column -> column.generated().isEmpty())
                        .map(Column::name)
                        .toList()),
                columns);
    }

    /** With a primary key of the first column and an identity of its own. */
    public static TableShape shape(TableId table, Set<String> identity, Column... columns) {
        Map<String, Column> byName = new LinkedHashMap<>();
        Arrays.stream(columns).forEach(column -> byName.put(column.name(), column));
        return new TableShape(table, byName, List.of(columns[0].name()), identity);
    }

    public static Catalogue catalogue(TableShape... shapes) {
        return table -> Arrays.stream(shapes)
                .filter(shape -> shape.table().equals(table))
                .findAny();
    }
}
