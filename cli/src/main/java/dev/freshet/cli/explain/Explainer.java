package dev.freshet.cli.explain;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.Cell;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.KeyTemplate.Rendered;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableShape;
import dev.freshet.writer.plan.CacheAction;
import dev.freshet.writer.plan.InvalidationPlanner;
import dev.freshet.writer.plan.Selection;
import dev.freshet.writer.plan.WhenExpression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says in words what a row change would touch, and why. Immutable and thread-safe. */
public final class Explainer {

    private final InvalidationPlanner planner;

    public Explainer(List<CacheMapping> caches) {
        this.planner = InvalidationPlanner.of(caches);
    }

    /** The first line names the change; one line for each entry or reason follows, indented. */
    public List<String> explain(RowChange change, TableShape shape) {
        return lines(kind(change), effects(change, shape));
    }

    /** The same of what was explained already. */
    public static List<String> lines(String change, List<Effect> effects) {
        List<String> lines = new ArrayList<>();
        lines.add(change);
        effects.forEach(effect -> lines.add("  " + effect.cache() + "  " + effect.words()));
        return lines;
    }

    static String kind(RowChange change) {
        return change.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + change.table();
    }

    List<Effect> effects(RowChange change, TableShape shape) {
        List<Effect> effects = new ArrayList<>();
        Map<String, Row> images = images(change);
        for (InvalidationPlanner.Explanation explanation : planner.explain(change, shape)) {
            List<String> words = new ArrayList<>();
            if (explanation.selection() != Selection.SELECTED) {
                words.add("nothing: " + explanation.selection().reason());
            } else if (explanation.actions().isEmpty()) {
                boolean tagged = explanation.mapping().target() instanceof Target.Tag;
                words.add("nothing: no image makes a " + (tagged ? "tag" : "key"));
            }
            explanation.actions().forEach(action -> words.add(words(action, images)));
            explanation.notes().stream().distinct().forEach(note -> words.add("note: " + note));
            reasons(explanation.mapping(), change, images).forEach(reason -> words.add("note: " + reason));
            words.forEach(one -> effects.add(new Effect(explanation.mapping().name(), one)));
        }
        return effects;
    }

    private static Map<String, Row> images(RowChange change) {
        Map<String, Row> images = new LinkedHashMap<>();
        if (change instanceof RowChange.Inserted inserted) {
            images.put("after", inserted.after());
        } else if (change instanceof RowChange.Updated updated) {
            images.put("before", updated.before());
            images.put("after", updated.after());
        } else if (change instanceof RowChange.Deleted deleted) {
            images.put("before", deleted.before());
        }
        return images;
    }

    private static String words(CacheAction action, Map<String, Row> images) {
        if (action instanceof CacheAction.Remove remove) {
            return "delete " + entry(remove.key(), remove.field()) + from(action.mapping(), remove.key(), images);
        } else if (action instanceof CacheAction.Put put) {
            return "refresh " + entry(put.key(), put.field()) + from(action.mapping(), put.key(), images);
        } else if (action instanceof CacheAction.Rebuild rebuild) {
            return "refresh by query " + entry(rebuild.key(), rebuild.field())
                    + from(action.mapping(), rebuild.key(), images);
        } else if (action instanceof CacheAction.RemoveTagged tagged) {
            return "delete tag " + tagged.tag() + from(action.mapping(), tagged.tag(), images);
        } else if (action instanceof CacheAction.Sweep sweep) {
            return "delete all that match " + sweep.keys().glob()
                    + sweep.field().map(field -> " field " + field.glob()).orElse("");
        }
        throw new IllegalStateException("an action without words: " + action.getClass());
    }

    private static String entry(String key, Optional<String> field) {
        return key + field.map(name -> " field " + name).orElse("");
    }

    /** Which images make this key, or this tag. */
    private static String from(CacheMapping mapping, String made, Map<String, Row> images) {
        Optional<KeyTemplate> template = template(mapping.target());
        List<String> makers = images.entrySet().stream()
                .filter(image -> template.map(parts -> parts.render(image.getValue()))
                        .filter(rendered -> rendered instanceof Rendered.Key text
                                && text.key().equals(made))
                        .isPresent())
                .map(Map.Entry::getKey)
                .toList();
        return makers.isEmpty() ? "" : "  (" + String.join(" and ", makers) + ")";
    }

    private static Optional<KeyTemplate> template(Target target) {
        if (target instanceof Target.Key named) {
            return Optional.of(named.key());
        } else if (target instanceof Target.Field hash) {
            return Optional.of(hash.key());
        } else if (target instanceof Target.Tag tag) {
            return Optional.of(tag.tag());
        }
        return Optional.empty();
    }

    private static List<String> reasons(CacheMapping mapping, RowChange change, Map<String, Row> images) {
        List<String> reasons = new ArrayList<>();
        mapping.when()
                .map(WhenExpression::compile)
                .ifPresent(when -> images.forEach((name, row) -> reasons.add(
                        "when is " + when.judge(row).name().toLowerCase(Locale.ROOT) + " on the " + name + " image")));
        if (change instanceof RowChange.Updated updated) {
            for (String column : mapping.columns().stream().sorted().toList()) {
                Cell before = updated.before().cell(column);
                Cell after = updated.after().cell(column);
                boolean unknown = before instanceof Cell.Unknown || after instanceof Cell.Unknown;
                reasons.add("column " + column
                        + (unknown
                                ? " is not told by both images, and counts as changed"
                                : before.equals(after) ? " did not change" : " changed"));
            }
        }
        return reasons;
    }
}
