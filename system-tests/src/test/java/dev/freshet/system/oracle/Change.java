package dev.freshet.system.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What one statement did to one row, or that it emptied a table. */
public sealed interface Change {

    Table table();

    record Row(Table table, Optional<Image> before, Optional<Image> after) implements Change {
        Stream<Image> images() {
            return Stream.concat(before.stream(), after.stream());
        }
    }

    record Emptied(Table table) implements Change {}

    /**
     * What a statement did, by the table's contents around it. A row whose primary key changed counts as one that went
     * and one that came.
     *
     * @param touched the images that the statement says it wrote (RETURNING): the only sign of an update that changed
     *     nothing
     */
    static List<Change> between(
            Table table, Collection<Image> before, Collection<Image> after, Collection<Image> touched) {
        Set<Image> then = new HashSet<>(before);
        Set<Image> now = new HashSet<>(after);
        Map<List<Optional<String>>, Image> went = byKey(table, before, now);
        Map<List<Optional<String>>, Image> came = byKey(table, after, then);
        List<Change> changes = new ArrayList<>();
        went.forEach(
                (key, old) -> changes.add(new Row(table, Optional.of(old), Optional.ofNullable(came.remove(key)))));
        came.values().forEach(image -> changes.add(new Row(table, Optional.empty(), Optional.of(image))));
        for (Image image : new LinkedHashSet<>(touched)) {
            if (then.contains(image) && now.contains(image)) {
                changes.add(new Row(table, Optional.of(image), Optional.of(image)));
            }
        }
        return changes;
    }

    /** Those of the images that are not among the others. */
    private static Map<List<Optional<String>>, Image> byKey(Table table, Collection<Image> images, Set<Image> others) {
        Map<List<Optional<String>>, Image> byKey = new LinkedHashMap<>();
        for (Image image : images) {
            if (!others.contains(image) && byKey.put(image.key(table.key()), image) != null) {
                throw new IllegalStateException("two rows of " + table.name() + " have one key");
            }
        }
        return byKey;
    }
}
