package dev.freshet.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One image of a row: its columns by name, as stored. Immutable. A column that is not in the image is unknown. */
public final class Row {

    private final Map<String, Cell> cells;

    private Row(Map<String, Cell> cells) {
        this.cells = cells;
    }

    public static Row of(Map<String, Cell> cells) {
        return new Row(new LinkedHashMap<>(cells));
    }

    public Cell cell(String column) {
        return cells.getOrDefault(column, Cell.UNKNOWN);
    }

    public Set<String> columns() {
        return java.util.Collections.unmodifiableSet(cells.keySet());
    }

    /** This image with every unknown column that {@code other} knows taken from there. */
    public Row orElse(Row other) {
        Map<String, Cell> merged = new LinkedHashMap<>(other.cells);
        cells.forEach((column, cell) -> {
            if (!(cell instanceof Cell.Unknown) || !merged.containsKey(column)) {
                merged.put(column, cell);
            }
        });
        return new Row(merged);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && cells.equals(that.cells);
    }

    @Override
    public int hashCode() {
        return cells.hashCode();
    }

    /** Columns only: a value never reaches a log. */
    @Override
    public String toString() {
        return "Row" + cells.keySet();
    }
}
