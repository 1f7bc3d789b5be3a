package dev.freshet.system.oracle;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A row as it stood at one moment: {@code column::text} of every column, empty for null. Immutable.
 *
 * @param columns the table's columns, in its order
 */
public record Image(List<String> columns, List<Optional<String>> cells) {

    /** An image for tests: names and values by turns, {@code "null"} for null. */
    static Image of(String... namesAndValues) {
        List<String> names = new java.util.ArrayList<>();
        List<Optional<String>> cells = new java.util.ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            names.add(namesAndValues[i]);
            cells.add(
                    namesAndValues[i + 1].equals("null") ? Optional.empty() : Optional.of(namesAndValues[i + 1]));
        }
        return new Image(List.copyOf(names), List.copyOf(cells));
    }

    public Optional<String> cell(String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("no column " + column + " among " + columns);
        }
        return cells.get(index);
    }

    /** What tells this row from others of its table. */
    public List<Optional<String>> key(List<String> keyColumns) {
        return keyColumns.stream().map(this::cell).collect(Collectors.toUnmodifiableList());
    }
}
