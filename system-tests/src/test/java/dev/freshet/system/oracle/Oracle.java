package dev.freshet.system.oracle;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Says which entries the committed changes of a play must remove, and which they must renew. Immutable. */
public final class Oracle {

    private final Map<String, List<Cache>> byTable;

    public Oracle(List<Cache> caches) {
        this.byTable = caches.stream()
                .collect(Collectors.groupingBy(cache -> cache.table().name()));
    }

    private List<Cache> caches(Table table) {
        return byTable.getOrDefault(table.name(), List.of());
    }

    /** The entries that a row stands behind, with the caches that hold them. */
    public Map<Entry, Cache> entries(Table table, Image image) {
        Map<Entry, Cache> entries = new HashMap<>();
        for (Cache cache : caches(table)) {
            cache.entry(image).ifPresent(entry -> entries.put(entry, cache));
        }
        return entries;
    }

    /**
     * What the changes do.
     *
     * @param changes committed, in the order of their commits
     * @param standing the entries that stood before
     */
    public Verdict judge(List<Change> changes, Collection<Entry> standing) {
        Set<Entry> gone = new HashSet<>();
        Map<Entry, Renewal> renewed = new HashMap<>();
        for (Change change : changes) {
            for (Cache cache : caches(change.table())) {
                if (change instanceof Change.Row row) {
                    judge(cache, row, standing, gone, renewed);
                } else {
                    sweep(cache, standing, gone, renewed);
                }
            }
        }
        gone.removeAll(renewed.keySet());
        Set<Entry> doubtful = new HashSet<>(renewed.keySet());
        doubtful.removeIf(entry -> sweeping(changes).noneMatch(cache -> cache.couldHold(entry)));
        return new Verdict(gone, renewed, doubtful);
    }

    private static void judge(
            Cache cache, Change.Row change, Collection<Entry> standing, Set<Entry> gone, Map<Entry, Renewal> renewed) {
        if (!cache.counts(change)) {
            return;
        }
        if (cache.isMatch()) {
            sweep(cache, standing, gone, renewed);
            return;
        }
        change.images().map(cache::entry).forEach(entry -> entry.ifPresent(gone::add));
        change.before().flatMap(cache::entry).ifPresent(renewed::remove);
        if (cache.isRefresh()) {
            change.after()
                    .ifPresent(image ->
                            cache.entry(image).ifPresent(entry -> renewed.put(entry, new Renewal(cache, image))));
        }
    }

    private static void sweep(Cache cache, Collection<Entry> standing, Set<Entry> gone, Map<Entry, Renewal> renewed) {
        standing.stream().filter(cache::couldHold).forEach(gone::add);
        renewed.keySet().removeIf(cache::couldHold);
    }

    /** Whether some cache's entries look like this one. */
    public boolean resembles(Entry entry) {
        return byTable.values().stream().flatMap(List::stream).anyMatch(cache -> cache.resembles(entry));
    }

    /** Whether some cache of these tables makes entries that look like this one. */
    public boolean resembles(Entry entry, Collection<Table> tables) {
        return tables.stream().flatMap(table -> caches(table).stream()).anyMatch(cache -> cache.resembles(entry));
    }

    /** The caches from which the changes remove entries by pattern. */
    private java.util.stream.Stream<Cache> sweeping(List<Change> changes) {
        return changes.stream()
                .flatMap(change -> caches(change.table()).stream()
                        .filter(cache -> change instanceof Change.Emptied || cache.isMatch()))
                .distinct();
    }

    /** Whether the changes remove entries by pattern. */
    public boolean sweeps(List<Change> changes) {
        return sweeping(changes).findAny().isPresent();
    }
}
