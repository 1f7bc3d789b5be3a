package dev.freshet.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything that was measured; rows and columns in the order in which they were first measured. Confined to one thread. */
public final class Results {

    private final Map<Cell, List<Double>> values = new LinkedHashMap<>();
    private final List<Figure> order;

    /** @param order in which the figures are shown; others are refused */
    public Results(List<Figure> order) {
        this.order = List.copyOf(order);
    }

    private record Cell(String figure, String row, String column) {}

    /**
     * Notes one measurement.
     *
     * @param row whose it is
     * @param column which of the figure's numbers
     */
    public void add(Figure figure, String row, String column, double value) {
        if (!order.contains(figure)) {
            throw new IllegalArgumentException("no figure of these results: " + figure.name());
        }
        values.computeIfAbsent(new Cell(figure.name(), row, column), cell -> new ArrayList<>())
                .add(value);
    }

    /** What was measured at all. */
    public List<Figure> figures() {
        return order.stream().filter(figure -> !rows(figure).isEmpty()).toList();
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
