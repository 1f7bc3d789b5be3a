package dev.freshet.listener;

import dev.freshet.model.Lsn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The records sent and not yet known to be stored, in the order of the log, and from them the position that may be
 * acknowledged. Thread-safe.
 *
 * <p>Each record names the commit that the log showed before it. When that record arrives, all records of that commit
 * and of those before it have arrived; once they are stored too, the commit's position is safe. So nothing has to know
 * which record is a transaction's last, and no position inside a transaction ever comes out: not where rows of a COPY
 * share one position, and not between the two records of a primary-key update.
 */
final class InFlight {

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<String, List<Long>> ends = new TreeMap<>();
    private Lsn newest;

    /** @param ends each partition's end offset as things stand, by topic */
    InFlight(Lsn start, Map<String, List<Long>> ends) {
        this.newest = start;
        ends.forEach((topic, offsets) -> this.ends.put(topic, new ArrayList<>(offsets)));
    }

    /** One record, or one message, of the log. */
    static final class Entry {
        private final Lsn before;
        private final String topic;
        private final Optional<Consumer<Map<String, List<Long>>>> reached;
        private boolean done;
        private int partition;
        private long offset;

        private Entry(Lsn before, String topic, Optional<Consumer<Map<String, List<Long>>>> reached) {
            this.before = before;
            this.topic = topic;
            this.reached = reached;
        }
    }

    /** A record arrived and is about to be sent. */
    synchronized Entry sent(Lsn before, String topic) {
        Entry entry = new Entry(before, topic, Optional.empty());
        advance(before);
        entries.add(entry);
        return entry;
    }

    /**
     * A message arrived, which is not sent.
     *
     * @param reached called once all records before it are stored, with each partition's end offset at that point;
     *     under this object's lock, so it must not block
     */
    synchronized void message(Lsn before, Consumer<Map<String, List<Long>>> reached) {
        Entry entry = new Entry(before, "", Optional.of(reached));
        entry.done = true;
        advance(before);
        entries.add(entry);
        drain();
    }

    /** Something arrived that is neither sent nor waited for. */
    synchronized void passed(Lsn before) {
        advance(before);
    }

    synchronized void stored(Entry entry, int partition, long offset) {
        entry.partition = partition;
        entry.offset = offset;
        entry.done = true;
        drain();
    }

    /** The newest position of which every change is stored. Never goes back. */
    synchronized Lsn acknowledged() {
        Entry head = entries.peek();
        return head == null ? newest : head.before;
    }

    synchronized int size() {
        return entries.size();
    }

    private void advance(Lsn before) {
        if (before.compareTo(newest) < 0) {
            throw new ListenerException("the log went back from " + newest + " to " + before);
        }
        newest = before;
    }

    private void drain() {
        for (Entry head = entries.peek(); head != null && head.done; head = entries.peek()) {
            entries.remove();
            if (head.reached.isPresent()) {
                head.reached.get().accept(snapshot());
            } else {
                List<Long> offsets = ends.computeIfAbsent(head.topic, topic -> new ArrayList<>());
                while (offsets.size() <= head.partition) {
                    offsets.add(0L);
                }
                offsets.set(head.partition, Math.max(offsets.get(head.partition), head.offset + 1));
            }
        }
    }

    private Map<String, List<Long>> snapshot() {
        Map<String, List<Long>> copy = new TreeMap<>();
        ends.forEach((topic, offsets) -> copy.put(topic, List.copyOf(offsets)));
        return copy;
    }
}
