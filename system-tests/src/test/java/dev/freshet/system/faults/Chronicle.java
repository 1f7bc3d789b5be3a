package dev.freshet.system.faults;

import dev.freshet.system.oracle.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** What happened in a round, and when: changes, faults and what readers loaded. Thread-safe. */
final class Chronicle {

    private static final int LOADS_KEPT = 6;

    /** What one transaction did to one row; what is not there is empty. */
    record Change(Table table, Map<String, Long> before, Map<String, Long> after) {
        @Override
        public String toString() {
            return table.sql() + " " + (before.isEmpty() ? "nothing" : before) + " -> "
                    + (after.isEmpty() ? "nothing" : after);
        }
    }

    private record Event(long nanos, String what, List<Change> changes, boolean everybodys) {}

    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();
    private final Map<Entry, Deque<Event>> loads = new ConcurrentHashMap<>();
    private volatile long began = System.nanoTime();

    void begin() {
        events.clear();
        loads.clear();
        began = System.nanoTime();
    }

    /** A fault, its end, or whatever else concerns all. */
    void tell(String what) {
        events.add(new Event(System.nanoTime(), what, List.of(), true));
    }

    void changed(String transaction, List<Change> changes) {
        events.add(new Event(System.nanoTime(), transaction, List.copyOf(changes), false));
    }

    /** A reader loaded this, and Redis may have taken it. */
    void loaded(Entry entry, String value) {
        Deque<Event> all = loads.computeIfAbsent(entry, unknown -> new ArrayDeque<>());
        synchronized (all) {
            all.addLast(new Event(System.nanoTime(), "a reader loaded " + value, List.of(), false));
            if (all.size() > LOADS_KEPT) {
                all.removeFirst();
            }
        }
    }

    /** What happened that may explain the entry, in order. */
    List<String> about(Form form, Entry entry) {
        List<Event> related = new ArrayList<>();
        for (Event event : events) {
            List<Change> changes = event.changes.stream()
                    .filter(change -> change.table() == form.table())
                    .filter(change -> Stream.of(change.before(), change.after())
                            .anyMatch(image -> !image.isEmpty() && form.concerns(entry, image)))
                    .toList();
            if (event.everybodys || !changes.isEmpty()) {
                related.add(new Event(event.nanos, event.what, changes, event.everybodys));
            }
        }
        Deque<Event> loaded = loads.getOrDefault(entry, new ArrayDeque<>());
        synchronized (loaded) {
            related.addAll(loaded);
        }
        related.sort(java.util.Comparator.comparingLong(Event::nanos));
        return related.stream().map(this::line).toList();
    }

    private String line(Event event) {
        return String.format(
                "%7d ms  %s%s",
                Duration.ofNanos(event.nanos - began).toMillis(),
                event.what,
                event.changes.isEmpty() ? "" : ": " + event.changes);
    }
}
