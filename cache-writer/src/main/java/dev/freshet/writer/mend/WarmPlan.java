package dev.freshet.writer.mend;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.Origin;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableShape;
import dev.freshet.writer.plan.CacheAction;
import dev.freshet.writer.plan.InvalidationPlanner;
import dev.freshet.writer.plan.WhenExpression;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How one refresh cache is filled from its table: a row's entry is what the writer would make of the row, were it inserted
 * now. Pure, immutable.
 */
final class WarmPlan {

    private static final Origin NOW = new Origin(OptionalLong.empty(), Optional.empty(), Instant.EPOCH);

    private final CacheMapping mapping;
    private final TableShape shape;
    private final KeyTemplate key;
    private final InvalidationPlanner planner;

    private WarmPlan(CacheMapping mapping, TableShape shape, KeyTemplate key) {
        this.mapping = mapping;
        this.shape = shape;
        this.key = key;
        this.planner = InvalidationPlanner.of(List.of(mapping));
    }

    /** @throws IllegalArgumentException where {@link #obstacle} tells one */
    static WarmPlan of(CacheMapping mapping, TableShape shape) {
        if (mapping.target() instanceof Target.Key key) {
            return new WarmPlan(mapping, shape, key.key());
        }
        throw new IllegalArgumentException(mapping.name() + " has no keys of its own");
    }

    /**
     * Why the cache cannot be filled from its table; empty where it can.
     *
     * @param uniqueKeys the columns of the table's unique indexes
     */
    static Optional<String> obstacle(CacheMapping mapping, TableShape shape, Collection<Set<String>> uniqueKeys) {
        if (mapping.onChange() instanceof OnChange.Delete) {
            return Optional.of("it is not refreshed (on-change: delete): readers fill it");
        }
        if (!(mapping.target() instanceof Target.Key target)) {
            return Optional.of(
                    "its entries are fields of a hash, and whoever fills must hold the lease of a whole key");
        }
        if (shape.primaryKey().isEmpty()) {
            return Optional.of("'" + mapping.table() + "' has no primary key to read it by, some rows at a time");
        }
        Set<String> told = Set.copyOf(target.key().columns());
        boolean oneRow = uniqueKeys.stream().anyMatch(told::containsAll);
        boolean oneQuery = mapping.onChange() instanceof OnChange.RefreshQuery query
                && told.containsAll(NamedQuery.parse(query.sql()).names());
        return oneRow || oneQuery
                ? Optional.empty()
                : Optional.of("several rows of '" + mapping.table() + "' may share a key '" + target.key()
                        + "', and the table does not tell which of them changed last");
    }

    KeyTemplate key() {
        return key;
    }

    boolean byQuery() {
        return mapping.onChange() instanceof OnChange.RefreshQuery;
    }

    /** The columns that the key is made of. */
    Set<String> keyColumns() {
        return new LinkedHashSet<>(key.columns());
    }

    /** The columns that an entry is made of, its key included. */
    Set<String> columns() {
        Set<String> columns = keyColumns();
        if (mapping.onChange() instanceof OnChange.RefreshRow row) {
            columns.addAll(row.columns());
        } else if (mapping.onChange() instanceof OnChange.RefreshQuery query) {
            columns.addAll(NamedQuery.parse(query.sql()).names());
        }
        mapping.when()
                .ifPresent(text -> columns.addAll(WhenExpression.compile(text).columns()));
        return columns;
    }

    /** What brings the row's entry: a {@link CacheAction.Put} or a {@link CacheAction.Rebuild}; empty where none does. */
    Optional<CacheAction> action(Row row) {
        return planner.plan(new RowChange.Inserted(mapping.table(), NOW, row), shape).stream()
                .filter(action -> action instanceof CacheAction.Put || action instanceof CacheAction.Rebuild)
                .findFirst();
    }

    /** Another where what stands in the cache is another: what was filled before does not count then. */
    String definition() {
        String text = String.join(
                "\n",
                String.valueOf(mapping.table()),
                String.valueOf(mapping.target()),
                String.valueOf(mapping.onChange()),
                String.valueOf(mapping.when()),
                String.valueOf(mapping.ttl()),
                String.valueOf(shape.primaryKey()));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
