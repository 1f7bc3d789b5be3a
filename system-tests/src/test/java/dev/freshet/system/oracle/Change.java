package dev.freshet.system.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
        Map<List<Optional<String>>, Image> then = byKey(table, before);
        Map<List<Optional<String>>, Image> now = byKey(table, after);
        Set<Image> written = new HashSet<>(touched);
        List<Change> changes = new ArrayList<>();
        then.forEach((key, old) -> {
            Image current = now.get(key);
            if (current == null) {
                changes.add(new Row(table, Optional.of(old), Optional.empty()));
            } else if (!current.equals(old) || written.contains(current)) {
                changes.add(new Row(table, Optional.of(old), Optional.of(current)));
            }
        });
        now.forEach((key, current) -> {
            if (!then.containsKey(key)) {
                changes.add(new Row(table, Optional.empty(), Optional.of(current)));
            }
        });
        return changes;
    }

    private static Map<List<Optional<String>>, Image> byKey(Table table, Collection<Image> images) {
        Map<List<Optional<String>>, Image> byKey = new LinkedHashMap<>();
        for (Image image : images) {
            if (byKey.put(image.key(table.key()), image) != null) {
                throw new IllegalStateException("two rows of " + table.name() + " have one key");
            }
        }
        return byKey;
    }
}
