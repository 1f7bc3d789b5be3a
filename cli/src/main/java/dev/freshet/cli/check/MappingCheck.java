package dev.freshet.cli.check;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Spelling;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import dev.freshet.writer.plan.WhenExpression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a mapping fits its table: columns, their types, and what old rows tell of them. */
final class MappingCheck {

    private final CacheMapping mapping;
    private final TableShape shape;
    private final Relation relation;
    private final Findings findings;
    private final String path;

    MappingCheck(CacheMapping mapping, TableShape shape, Relation relation, Findings findings) {
        this.mapping = mapping;
        this.shape = shape;
        this.relation = relation;
        this.findings = findings.because("a key is made of the columns of the old and of the new row");
        this.path = "caches." + mapping.name();
    }

    void check() {
        templates().forEach((name, template) -> {
            exist(name, template.columns());
            printable(name, template.columns(), "use another column, or match");
            told(name, template);
        });
        if (mapping.onChange() instanceof OnChange.RefreshRow row) {
            exist("value.columns", row.columns());
            printable("value.columns", row.columns(), "leave it out, or store a query");
        }
        exist("columns", mapping.columns());
        toldForSelection("columns", mapping.columns());
        mapping.when().ifPresent(this::when);
    }

    private Map<String, KeyTemplate> templates() {
        Map<String, KeyTemplate> templates = new LinkedHashMap<>();
        if (mapping.target() instanceof Target.Key key) {
            templates.put("key", key.key());
        } else if (mapping.target() instanceof Target.Field field) {
            templates.put("key", field.key());
            templates.put("field", field.field());
        } else if (mapping.target() instanceof Target.Tag tag) {
            templates.put("tag", tag.tag());
        }
        return templates;
    }

    private void exist(String name, Collection<String> columns) {
        Set<String> known = shape.columns().keySet();
        for (String column : columns) {
            if (!known.contains(column)) {
                String meant = Spelling.suggestion(column, known);
                findings.wrong(
                        path + "." + name,
                        "'" + mapping.table() + "' has no column '" + column + "'"
                                + (meant.isEmpty() ? "; it has " + String.join(", ", known) : meant));
            }
        }
    }

    private void printable(String name, Collection<String> columns, String mend) {
        for (Column column : known(columns)) {
            if (!column.type().inKeys()) {
                findings.wrong(
                        path + "." + name,
                        "column '" + column.name() + "' is of type " + column.sqlType()
                                + ", whose text the change stream does not tell exactly; " + mend);
            }
        }
    }

    /** A key that moved must be known by its old columns, too. */
    private void told(String name, KeyTemplate template) {
        Set<String> untold = new LinkedHashSet<>();
        List<String> sql = new ArrayList<>();
        for (Relation.Leaf leaf : relation.leaves()) {
            List<String> columns = known(template.columns()).stream()
                    .filter(column -> !leaf.tells(column))
                    .map(Column::name)
                    .toList();
            // A leaf that tells nothing at all has its own finding, with the same mend.
            if (!columns.isEmpty() && !leaf.identity().isEmpty()) {
                untold.addAll(columns);
                sql.add(leaf.fullIdentity());
            }
        }
        if (!untold.isEmpty()) {
            findings.wrong(
                    path + "." + name,
                    "the template needs the old value of " + String.join(", ", untold)
                            + ", but the replica identity of '" + mapping.table()
                            + "' does not hold it: the key of the old row would not be known" + later(),
                    sql);
        }
    }

    private String later() {
        return relation.kind() == 'p' ? "; partitions that are added later need the same" : "";
    }

    private void toldForSelection(String name, Collection<String> columns) {
        List<String> untold = known(columns).stream()
                .filter(column -> relation.leaves().stream().anyMatch(leaf -> !leaf.tells(column)))
                .map(Column::name)
                .toList();
        if (!untold.isEmpty()) {
            findings.note(
                    path + "." + name,
                    "the old value of " + String.join(", ", untold) + " is outside the replica identity of '"
                            + mapping.table() + "': every update counts. To tell them apart:",
                    relation.leaves().stream()
                            .filter(leaf -> known(columns).stream().anyMatch(column -> !leaf.tells(column)))
                            .map(Relation.Leaf::fullIdentity)
                            .toArray(String[]::new));
        }
    }

    private void when(String text) {
        try {
            WhenExpression expression = WhenExpression.compile(text);
            exist("when", expression.columns());
            toldForSelection("when", expression.columns());
        } catch (IllegalArgumentException e) {
            findings.wrong(path + ".when", String.valueOf(e.getMessage()));
        }
    }

    private List<Column> known(Collection<String> columns) {
        return columns.stream()
                .filter(shape.columns()::containsKey)
                .map(column -> shape.columns().get(column))
                .toList();
    }
}
