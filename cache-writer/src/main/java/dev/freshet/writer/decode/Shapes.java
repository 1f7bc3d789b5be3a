package dev.freshet.writer.decode;

import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.writer.catalogue.Catalogue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shapes of tables, kept, and read again when a change's columns differ from them. Thread-confined.
 *
 * <p>A backlog may hold changes from before a column was added or dropped, which no reading mends: a table is read again
 * at most once a second.
 *
 * <p>No change tells that a column was retyped, or the replica identity narrowed. So the shape is read once more some
 * seconds after it was used: then it tells whether what was decoded meanwhile may have been misread.
 */
final class Shapes {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How long after it was used a shape is compared with the catalogue. */
    private static final Duration CONFIRMED_AFTER = Duration.ofSeconds(5);

    private record Kept(TableShape shape, Instant read) {}

    private final Catalogue catalogue;
    private final InstantSource clock;
    private final Map<TableId, Kept> kept = new HashMap<>();
    private final Set<TableId> unconfirmed = new HashSet<>();
    private final Set<TableId> redefined = new HashSet<>();

    Shapes(Catalogue catalogue, InstantSource clock) {
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /** The table's shape; a table that is gone has no columns, so that all of its changes are read as texts. */
    TableShape of(TableId table, Set<String> columns) {
        Kept known = kept.get(table);
        if (known == null
                || (!columns.isEmpty()
                        && !sameColumns(known.shape(), columns)
                        && clock.instant().isAfter(known.read().plus(PATIENCE)))) {
            known = read(table);
        }
        unconfirmed.add(table);
        return known.shape();
    }

    /**
     * The tables of which a column was retyped, or the replica identity changed, since their shape was used; each once.
     * Asks the catalogue where some shape was used and is some seconds old.
     */
    Set<TableId> redefined() {
        for (TableId table : Set.copyOf(unconfirmed)) {
            Kept known = kept.get(table);
            if (known != null && clock.instant().isAfter(known.read().plus(CONFIRMED_AFTER))) {
                read(table);
                unconfirmed.remove(table);
            }
        }
        Set<TableId> told = Set.copyOf(redefined);
        redefined.clear();
        return told;
    }

    private Kept read(TableId table) {
        TableShape shape = catalogue.shape(table).orElseGet(() -> new TableShape(table, Map.of(), List.of(), Set.of()));
        Kept known = kept.put(table, new Kept(shape, clock.instant()));
        if (known != null && isRedefined(known.shape(), shape)) {
            redefined.add(table);
        }
        return new Kept(shape, clock.instant());
    }

    /** Columns that came or went are told by the changes themselves. */
    private static boolean isRedefined(TableShape before, TableShape now) {
        return before.columns().values().stream()
                .filter(column -> now.columns().containsKey(column.name()))
                .anyMatch(column -> !column.equals(now.column(column.name()))
                        || before.identity().contains(column.name())
                                != now.identity().contains(column.name()));
    }

    /** Generated columns may be in the record or not: PostgreSQL 18 can publish them. */
    private static boolean sameColumns(TableShape shape, Set<String> columns) {
        if (shape.columns().size() == columns.size()) {
            return shape.columns().keySet().containsAll(columns);
        }
        Set<String> missing = new HashSet<>(shape.columns().keySet());
        missing.removeAll(columns);
        return shape.columns().keySet().containsAll(columns)
                && missing.stream()
                        .allMatch(column -> shape.column(column).generated().isPresent());
    }
}
