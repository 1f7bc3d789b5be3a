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
 */
final class Shapes {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private record Kept(TableShape shape, Instant read) {}

    private final Catalogue catalogue;
    private final InstantSource clock;
    private final Map<TableId, Kept> kept = new HashMap<>();

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
            TableShape shape =
                    catalogue.shape(table).orElseGet(() -> new TableShape(table, Map.of(), List.of(), Set.of()));
            known = new Kept(shape, clock.instant());
            kept.put(table, known);
        }
        return known.shape();
    }

    /** Generated columns may be in the record or not: PostgreSQL 18 can publish them. */
    private static boolean sameColumns(TableShape shape, Set<String> columns) {
        Set<String> missing = new HashSet<>(shape.columns().keySet());
        missing.removeAll(columns);
        return shape.columns().keySet().containsAll(columns)
                && missing.stream()
                        .allMatch(column -> shape.column(column).generated().isPresent());
    }
}
