package dev.freshet.writer.plan;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.Cell;
import dev.freshet.model.KeyScan;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.KeyTemplate.Rendered;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableShape;
import dev.freshet.redis.KeyCommand.Value;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One mapping, compiled. Immutable and thread-safe. */
final class MappingPlan {

    private final CacheMapping mapping;
    private final Optional<WhenExpression> when;
    private final Optional<NamedQuery> query;

    /** The columns without which an entry has no place or no value. */
    private final Set<String> needed = new LinkedHashSet<>();

    private MappingPlan(CacheMapping mapping, Optional<WhenExpression> when, Optional<NamedQuery> query) {
        this.mapping = mapping;
        this.when = when;
        this.query = query;
        templates().forEach(template -> needed.addAll(template.columns()));
        query.ifPresent(sql -> needed.addAll(sql.names()));
        if (mapping.onChange() instanceof OnChange.RefreshRow refresh) {
            needed.addAll(refresh.columns());
        }
    }

    static MappingPlan compile(CacheMapping mapping) {
        if (mapping.target() instanceof Target.Tag && !(mapping.onChange() instanceof OnChange.Delete)) {
            throw new IllegalArgumentException("a refresh cannot store what a tag names (" + mapping.name() + ")");
        }
        if (mapping.target() instanceof Target.Field && mapping.onChange() instanceof OnChange.RefreshQuery) {
            throw new IllegalArgumentException("a query cannot rebuild one field of a hash (" + mapping.name() + ")");
        }
        Optional<NamedQuery> query = mapping.onChange() instanceof OnChange.RefreshQuery refresh
                ? Optional.of(NamedQuery.parse(refresh.sql()))
                : Optional.empty();
        return new MappingPlan(mapping, mapping.when().map(WhenExpression::compile), query);
    }

    CacheMapping mapping() {
        return mapping;
    }

    /**
     * Complains about a column that was dropped or renamed. In a change from before that it is merely unknown, and so it is
     * where the table itself is gone.
     */
    void requireColumns(RowChange change, TableShape shape) {
        if (shape.columns().isEmpty()) {
            return;
        }
        for (String column : needed) {
            if (!shape.columns().containsKey(column)
                    && change.images().findAny().isPresent()
                    && change.images().noneMatch(row -> row.columns().contains(column))) {
                throw new UnplannableException("cache " + mapping.name() + " names the column " + column + ", which "
                        + shape.table() + " does not have any more; put its new name into the cache, or take the cache"
                        + " out, and start the writer again");
            }
        }
    }

    /** Why a change counts for this mapping, or why not. */
    Selection select(RowChange change) {
        if (change instanceof RowChange.Updated updated
                && !mapping.columns().isEmpty()
                && mapping.columns().stream().noneMatch(column -> changed(updated, column))) {
            return Selection.NO_COLUMN_CHANGED;
        }
        if (when.isPresent()
                && change.images().findAny().isPresent()
                && change.images().allMatch(row -> when.get().judge(row) == WhenExpression.Verdict.FALSE)) {
            return Selection.WHEN_FALSE;
        }
        return Selection.SELECTED;
    }

    private static boolean changed(RowChange.Updated change, String column) {
        Cell before = change.before().cell(column);
        Cell after = change.after().cell(column);
        return before instanceof Cell.Unknown || after instanceof Cell.Unknown || !before.equals(after);
    }

    Set<CacheAction> actions(RowChange change, TableShape shape) {
        Set<CacheAction> actions = new LinkedHashSet<>();
        if (mapping.target() instanceof Target.Match match) {
            actions.add(new CacheAction.Sweep(mapping, KeyScan.ofGlob(match.glob()), Optional.empty()));
        } else if (change instanceof RowChange.Truncated) {
            actions.add(sweep(Row.of(Map.of()), shape));
        } else if (change instanceof RowChange.Updated updated) {
            Optional<Address> after = address(updated.after(), shape, actions);
            Optional<Address> before = address(updated.before(), shape, actions);
            before.filter(old -> !Optional.of(old).equals(after))
                    .ifPresent(old -> actions.add(gone(old, updated.before(), shape)));
            after.ifPresent(now -> actions.add(changed(now, updated.after(), shape)));
        } else if (change instanceof RowChange.Inserted inserted) {
            address(inserted.after(), shape, actions)
                    .ifPresent(now -> actions.add(changed(now, inserted.after(), shape)));
        } else if (change instanceof RowChange.Deleted deleted) {
            address(deleted.before(), shape, actions).ifPresent(old -> actions.add(gone(old, deleted.before(), shape)));
        }
        return actions;
    }

    /** One entry: a key, or one field of a hash. Of a tag mapping, the tag. */
    private record Address(String key, Optional<String> field) {}

    /** Where an image's entry stands. An image that does not tell adds the sweep of all that it may be, and has none. */
    private Optional<Address> address(Row row, TableShape shape, Set<CacheAction> actions) {
        Rendered key = keyTemplate().render(row);
        Optional<Rendered> field = fieldTemplate().map(template -> template.render(row));
        if (key instanceof Rendered.NoKey
                || field.filter(Rendered.NoKey.class::isInstance).isPresent()) {
            return Optional.empty();
        }
        if (key instanceof Rendered.Key told && field.isEmpty()) {
            return Optional.of(new Address(told.key(), Optional.empty()));
        }
        if (key instanceof Rendered.Key told && field.get() instanceof Rendered.Key toldField) {
            return Optional.of(new Address(told.key(), Optional.of(toldField.key())));
        }
        actions.add(sweep(row, shape));
        return Optional.empty();
    }

    private CacheAction sweep(Row row, TableShape shape) {
        if (mapping.target() instanceof Target.Tag tag) {
            return new CacheAction.Sweep(mapping, KeyScan.ofGlob(tag.members()), Optional.empty());
        }
        return new CacheAction.Sweep(
                mapping,
                keyTemplate().scan(row, shape::form),
                fieldTemplate().map(template -> template.scan(row, shape::form)));
    }

    /** The row is no longer behind this entry. What a query rebuilds may have other rows behind it still. */
    private CacheAction gone(Address address, Row row, TableShape shape) {
        return mapping.onChange() instanceof OnChange.RefreshQuery ? rebuild(address, row, shape) : remove(address);
    }

    private CacheAction changed(Address address, Row row, TableShape shape) {
        if (mapping.onChange() instanceof OnChange.RefreshQuery) {
            return rebuild(address, row, shape);
        }
        if (mapping.onChange() instanceof OnChange.RefreshRow refresh
                && when.map(expression -> expression.judge(row) == WhenExpression.Verdict.TRUE)
                        .orElse(true)) {
            Optional<Value> value = RowValue.of(refresh, row);
            if (value.isPresent()) {
                return new CacheAction.Put(mapping, address.key(), address.field(), value.get());
            }
        }
        return remove(address);
    }

    private CacheAction rebuild(Address address, Row row, TableShape shape) {
        Map<String, CacheAction.Parameter> parameters = new HashMap<>();
        for (String name : query.orElseThrow().names()) {
            Cell cell = row.cell(name);
            if (cell instanceof Cell.Unknown || !shape.columns().containsKey(name)) {
                return remove(address);
            }
            Optional<String> text = cell instanceof Cell.Known known ? Optional.of(known.text()) : Optional.empty();
            parameters.put(
                    name, new CacheAction.Parameter(text, shape.column(name).sqlType()));
        }
        return new CacheAction.Rebuild(mapping, address.key(), address.field(), parameters);
    }

    private CacheAction remove(Address address) {
        if (mapping.target() instanceof Target.Tag) {
            return new CacheAction.RemoveTagged(mapping, address.key());
        }
        return new CacheAction.Remove(mapping, address.key(), address.field());
    }

    private KeyTemplate keyTemplate() {
        if (mapping.target() instanceof Target.Key key) {
            return key.key();
        } else if (mapping.target() instanceof Target.Field field) {
            return field.key();
        } else if (mapping.target() instanceof Target.Tag tag) {
            return tag.tag();
        }
        throw new IllegalStateException("no template in " + mapping.name());
    }

    private Optional<KeyTemplate> fieldTemplate() {
        return mapping.target() instanceof Target.Field field ? Optional.of(field.field()) : Optional.empty();
    }

    /** The templates whose columns decide where an entry stands. */
    List<KeyTemplate> templates() {
        if (mapping.target() instanceof Target.Match) {
            return List.of();
        }
        return fieldTemplate().map(field -> List.of(keyTemplate(), field)).orElseGet(() -> List.of(keyTemplate()));
    }
}
