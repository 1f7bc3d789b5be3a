package dev.freshet.system.faults;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables. Every column is a bigint; {@code version} is drawn anew at each change. */
@SuppressWarnings("ImmutableEnumChecker") // its lists and maps are
enum Table {
    BOOK(List.of("id"), Map.of("id", 120, "author", 16, "genre", 8, "price", 1000), "id", "author", "genre", "price"),
    ITEM(
            List.of("purchase", "line"),
            Map.of("purchase", 30, "line", 5, "quantity", 100),
            "purchase",
            "line",
            "quantity"),
    NOTE(List.of("id"), Map.of("id", 60, "grp", 10, "status", 2), "id", "grp", "status"),
    PLAIN(List.of("id"), Map.of("id", 300), "id");

    /** From here on, ids are of rows that tell how far the pipeline is. */
    static final int MARKERS = 900_000;

    private static final int MARKERS_EACH = 8;

    private final List<String> key;
    private final Map<String, Integer> bounds;
    private final List<String> columns;

    Table(List<String> key, Map<String, Integer> bounds, String... columns) {
        this.key = key;
        this.bounds = bounds;
        this.columns = java.util.stream.Stream.concat(
                        java.util.Arrays.stream(columns), java.util.stream.Stream.of("version"))
                .toList();
    }

    String sql() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<String> key() {
        return key;
    }

    List<String> columns() {
        return columns;
    }

    /** What is drawn for a column lies below. */
    int bound(String column) {
        return bounds.getOrDefault(column, 1);
    }

    String create() {
        return "CREATE TABLE " + sql() + " ("
                + columns.stream().map(column -> column + " bigint NOT NULL").collect(Collectors.joining(", "))
                + ", PRIMARY KEY (" + String.join(", ", key) + "))";
    }

    /** Makes the rows that tell how far the pipeline is. */
    String insertMarkers() {
        String values = columns.stream()
                .map(column -> column.equals("version") ? "0" : column.equals("status") ? "0" : "m")
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + sql() + " SELECT " + values + " FROM generate_series(" + MARKERS + ", "
                + (MARKERS + MARKERS_EACH - 1) + ") AS m";
    }

    String touchMarkers() {
        return "UPDATE " + sql() + " SET version = nextval('versions') WHERE " + key.get(0) + " >= " + MARKERS;
    }

    /** The keys that go when the markers are touched. */
    List<String> markerKeys() {
        return java.util.stream.LongStream.range(MARKERS, MARKERS + MARKERS_EACH)
                .mapToObj(m -> this == ITEM ? "line:" + m + ":" + m : sql() + ":" + m)
                .toList();
    }
}
