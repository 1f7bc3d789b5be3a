package dev.freshet.writer.plan;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.KeyTemplate.Rendered;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says which cache entries a row change touches, and how. Pure: no clock, no I/O. Immutable and thread-safe. */
public final class InvalidationPlanner {

    private final Map<TableId, List<MappingPlan>> byTable;

    private InvalidationPlanner(Map<TableId, List<MappingPlan>> byTable) {
        this.byTable = byTable;
    }

    /**
     * Compiles the mappings.
     *
     * @throws IllegalArgumentException where a {@code when} or a {@code query} is none
     */
    public static InvalidationPlanner of(List<CacheMapping> mappings) {
        Map<TableId, List<MappingPlan>> byTable = new HashMap<>();
        for (CacheMapping mapping : mappings) {
            byTable.computeIfAbsent(mapping.table(), table -> new ArrayList<>()).add(MappingPlan.compile(mapping));
        }
        return new InvalidationPlanner(byTable);
    }

    /** The tables that some mapping names. */
    public Set<TableId> tables() {
        return Set.copyOf(byTable.keySet());
    }

    /**
     * What the change does, each action once, by mapping.
     *
     * @param shape the change's table as the catalogue has it; a scan needs its columns' printed forms
     * @throws UnplannableException where the table does not have a column that a mapping needs
     */
    public List<CacheAction> plan(RowChange change, TableShape shape) {
        List<CacheAction> actions = new ArrayList<>();
        for (MappingPlan plan : byTable.getOrDefault(change.table(), List.of())) {
            plan.requireColumns(change, shape);
            if (plan.select(change) == Selection.SELECTED) {
                actions.addAll(plan.actions(change, shape));
            }
        }
        return actions;
    }

    /** The same, mapping by mapping, with the reasons; for people. */
    public List<Explanation> explain(RowChange change, TableShape shape) {
        return byTable.getOrDefault(change.table(), List.of()).stream()
                .map(plan -> {
                    Selection selection = plan.select(change);
                    List<CacheAction> actions =
                            selection == Selection.SELECTED ? List.copyOf(plan.actions(change, shape)) : List.of();
                    return new Explanation(plan.mapping(), selection, actions, notes(plan, change));
                })
                .toList();
    }

    /** Why an image makes no key, or not just one. */
    private static List<String> notes(MappingPlan plan, RowChange change) {
        String made = plan.mapping().target() instanceof CacheMapping.Target.Tag ? "tag" : "key";
        List<String> notes = new ArrayList<>();
        change.images().forEach(row -> {
            for (KeyTemplate template : plan.templates()) {
                Rendered rendered = template.render(row);
                if (rendered instanceof Rendered.NoKey none) {
                    notes.add("column " + none.nullColumn() + " is null in an image: no " + made + " there");
                } else if (rendered instanceof Rendered.Unknown) {
                    notes.add("an image does not tell every column of " + template + ": all that match go");
                }
            }
        });
        return notes;
    }

    /** What one mapping makes of a change, and why. */
    public record Explanation(
            CacheMapping mapping, Selection selection, List<CacheAction> actions, List<String> notes) {
        public Explanation {
            actions = List.copyOf(actions);
            notes = List.copyOf(notes);
        }
    }
}
