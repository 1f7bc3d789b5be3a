package dev.freshet.system.reads;

import dev.freshet.system.reads.Shop.Place;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Judges what one process read, from what that process saw beside the cache, over connections of the test's own:
 *
 * <ul>
 *   <li>before each read it looked which transactions the key's fence holds. The script that puts one there removes the key
 *       in the same step, so what this read finds in Redis must have that transaction's changes: a read <em>through
 *       Redis</em> is never older than any transaction that the process had seen in the key's fence before the read began;
 *   <li>a <em>near hit</em> is never older than any that it had seen there 250 ms before the read began;
 *   <li>a <em>loaded</em> value, or one that another read of the process loaded meanwhile, may be old where the commit is
 *       not visible yet: it is never older than any that was seen in the fence and that a snapshot of the source, taken
 *       before the read began, had seen. That is PostgreSQL's promise, and joining a load must not break it;
 *   <li>whatever is read was written once, as it was read.
 * </ul>
 *
 * <p>Only the process's own clock counts. A look finds the newest few of a fence, and a look comes later than the change:
 * both make the judge see less than there was, never more. An absence says that a row was away, not since which version:
 * the newest such version is taken. Which kind a read is of is what the client says of itself; its kinds differ only in how
 * much is forgiven. Confined to one thread.
 */
final class Judge {

    /** How long a push about a change may take to arrive. */
    static final Duration LAG = Duration.ofMillis(250);

    private static final int KEPT = 12;

    /** How a value came. */
    enum Kind {
        REDIS,
        NEAR,
        LOAD
    }

    private record Seen(long nanos, long transaction, long version) {}

    private record Visible(long nanos, SourceSnapshot snapshot) {}

    private final History history;
    private final String name;
    private final Map<String, Map<String, Deque<Seen>>> seen = new HashMap<>();
    private final Deque<Visible> visible = new ArrayDeque<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private long broken;
    private long worstLag;

    Judge(String name, History history) {
        this.name = name;
        this.history = history;
    }

    /** The key's fence holds the transaction; found before this time. */
    void fenced(String key, long transaction, long nanos) {
        Map<String, Deque<Seen>> ofKey = seen.computeIfAbsent(key, unknown -> new HashMap<>());
        history.changesOf(transaction).forEach((item, place) -> {
            if (Shop.concerns(key, item)) {
                Deque<Seen> all = ofKey.computeIfAbsent(item, unknown -> new ArrayDeque<>());
                all.addLast(new Seen(nanos, transaction, place.version()));
                forget(all, nanos);
            }
        });
    }

    private static void forget(Deque<Seen> all, long now) {
        while (all.size() > KEPT
                && all.getFirst().nanos < now - Duration.ofMinutes(2).toNanos()) {
            all.removeFirst();
        }
    }

    /** The source's snapshot, taken before this time. */
    void visible(SourceSnapshot snapshot, long nanos) {
        visible.addLast(new Visible(nanos, snapshot));
        while (visible.getFirst().nanos < nanos - Duration.ofMinutes(1).toNanos()) {
            visible.removeFirst();
        }
    }

    /** @param told what the value names: item and version of each */
    void read(String key, Kind kind, String outcome, long began, Map<String, Long> told) {
        counts.merge(outcome, 1L, Long::sum);
        told.forEach((item, version) -> {
            Optional<Place> place = history.at(item, version);
            if (place.isEmpty() || !Shop.holds(key, item, place.get())) {
                violation(key, outcome, item + " was never there at version " + version);
            }
        });
        Predicate<Seen> counts = switch (kind) {
            case REDIS -> look -> look.nanos <= began;
            case NEAR -> look -> look.nanos <= began - LAG.toNanos();
            case LOAD -> visibleBefore(began);
        };
        seen.getOrDefault(key, Map.of()).forEach((item, looks) -> {
            long version = told.containsKey(item) ? told.get(item) : history.newestOutside(key, item);
            for (Seen look : looks) {
                if (look.version > version && look.nanos <= began) {
                    long lag = began - look.nanos;
                    if (kind == Kind.NEAR) {
                        worstLag = Math.max(worstLag, lag);
                    }
                    if (counts.test(look)) {
                        violation(
                                key,
                                outcome,
                                item + " is at version " + version + ", but transaction " + look.transaction
                                        + ", which made it " + look.version + ", was applied "
                                        + Duration.ofNanos(lag).toMillis() + " ms or more before the read began");
                        return;
                    }
                }
            }
        });
    }

    private Predicate<Seen> visibleBefore(long began) {
        Optional<SourceSnapshot> newest = Optional.empty();
        for (Visible look : visible) {
            if (look.nanos <= began) {
                newest = Optional.of(look.snapshot);
            }
        }
        Optional<SourceSnapshot> snapshot = newest;
        return look ->
                look.nanos <= began && snapshot.isPresent() && snapshot.get().sees(look.transaction);
    }

    private void violation(String key, String outcome, String what) {
        broken++;
        if (violations.size() < 20) {
            violations.add(name + ", a " + outcome + " at " + key + ": " + what);
        }
    }

    /** How many reads were not as they must be. */
    long broken() {
        return broken;
    }

    /** The first of them, told. */
    List<String> violations() {
        return violations;
    }

    /** Reads by outcome. */
    Map<String, Long> counts() {
        return counts;
    }

    /** How long, at most, a near hit was behind what was seen applied. */
    Duration worstLag() {
        return Duration.ofNanos(worstLag);
    }

    /** PostgreSQL's snapshot, read by the book: {@code xmin:xmax:xip,...}. */
    record SourceSnapshot(long xmin, long xmax, List<Long> running) {

        static SourceSnapshot parse(String text) {
            String[] parts = text.split(":", -1);
            return new SourceSnapshot(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    parts[2].isEmpty()
                            ? List.of()
                            : Arrays.stream(parts[2].split(",", -1))
                                    .map(Long::valueOf)
                                    .toList());
        }

        boolean sees(long transaction) {
            return transaction < xmin || (transaction < xmax && !running.contains(transaction));
        }
    }
}
