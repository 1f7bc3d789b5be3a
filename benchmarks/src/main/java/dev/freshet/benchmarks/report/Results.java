package dev.freshet.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything that was measured, in the order in which it was first measured. Confined to one thread. */
public final class Results {

    private final Map<Cell, List<Double>> values = new LinkedHashMap<>();
    private final Map<String, Figure> figures = new LinkedHashMap<>();

    private record Cell(String figure, String row, String column) {}

    /**
     * Notes one measurement.
     *
     * @param row whose it is
     * @param column which of the figure's numbers
     */
    public void add(Figure figure, String row, String column, double value) {
        figures.putIfAbsent(figure.name(), figure);
        values.computeIfAbsent(new Cell(figure.name(), row, column), cell -> new ArrayList<>())
                .add(value);
    }

    /** What was measured at all. */
    public List<Figure> figures() {
        return List.copyOf(figures.values());
    }

    /** Of whom a figure tells. */
    public List<String> rows(Figure figure) {
        Set<String> rows = new LinkedHashSet<>();
        values.keySet().stream()
                .filter(cell -> cell.figure.equals(figure.name()))
                .forEach(cell -> rows.add(cell.row));
        return List.copyOf(rows);
    }

    /** What a figure tells of them. */
    public List<String> columns(Figure figure) {
        Set<String> columns = new LinkedHashSet<>();
        values.keySet().stream()
                .filter(cell -> cell.figure.equals(figure.name()))
                .forEach(cell -> columns.add(cell.column));
        return List.copyOf(columns);
    }

    /** The repeats of one measurement; empty where it was not made. */
    public Optional<Summary> of(Figure figure, String row, String column) {
        return Optional.ofNullable(values.get(new Cell(figure.name(), row, column)))
                .map(Summary::of);
    }
}
