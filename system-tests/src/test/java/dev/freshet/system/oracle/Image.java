package dev.freshet.system.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A row as it stood at one moment: {@code column::text} of every column, empty for null. Immutable. */
public final class Image {

    private final List<String> columns;
    private final List<Optional<String>> cells;
    private final int hash;

    /** @param columns the table's columns, in its order; kept, not copied */
    public Image(List<String> columns, List<Optional<String>> cells) {
        this.columns = columns;
        this.cells = List.copyOf(cells);
        this.hash = this.cells.hashCode();
    }

    /** An image for tests: names and values by turns, {@code "null"} for null. */
    static Image of(String... namesAndValues) {
        List<String> names = new ArrayList<>();
        List<Optional<String>> cells = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            names.add(namesAndValues[i]);
            cells.add(namesAndValues[i + 1].equals("null") ? Optional.empty() : Optional.of(namesAndValues[i + 1]));
        }
        return new Image(names, cells);
    }

    public List<String> columns() {
        return columns;
    }

    public List<Optional<String>> cells() {
        return cells;
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
        return keyColumns.stream().map(this::cell).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image that
                && hash == that.hash
                && cells.equals(that.cells)
                && columns.equals(that.columns);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return cells.toString();
    }
}
