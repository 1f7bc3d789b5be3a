package dev.freshet.writer.place;

import dev.freshet.model.ControlRecord.Heartbeat;
import dev.freshet.model.Topics;
import dev.freshet.model.Watermark;
import dev.freshet.redis.Marker;
import dev.freshet.redis.MarkerStore;
import dev.freshet.redis.WatermarkStore;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the pipeline's watermark to the newest heartbeat before which everything is applied, by whichever writer: what all
 * of them have applied for good stands in the marker. Done by the one that reads the control topic. Confined to one thread.
 */
public final class Watermarks {

    /** An hour and more of heartbeats; of a writer that is further behind, the watermark takes larger steps. */
    private static final int MOST_PENDING = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(Watermarks.class);

    private final WatermarkStore watermarks;
    private final MarkerStore markers;
    private final String pipeline;
    private final TopicPartition control;
    private final Predicate<String> read;
    private final Deque<Pending> pending = new ArrayDeque<>();

    private record Pending(Watermark watermark, Map<String, Long> needed) {

        boolean isApplied(Marker marker) {
            return needed.entrySet().stream()
                    .allMatch(field -> Place.parse(marker.fields().getOrDefault(field.getKey(), ""))
                            .filter(place -> place.offset() >= field.getValue())
                            .isPresent());
        }
    }

    /** @param read whether the writers read a topic: others, that the listener fills for somebody else, do not count */
    public Watermarks(WatermarkStore watermarks, MarkerStore markers, Topics topics, Predicate<String> read) {
        this.watermarks = watermarks;
        this.markers = markers;
        this.pipeline = topics.pipeline();
        this.control = new TopicPartition(topics.control(), 0);
        this.read = read;
    }

    /** A heartbeat was read, at this place of the control topic: gaps that stand before it must be flushed, too. */
    public void heard(long offset, Heartbeat beat) {
        Map<String, Long> needed = new HashMap<>();
        needed.put(Places.field(control), offset + 1);
        beat.endOffsets().forEach((topic, ends) -> {
            if (read.test(topic)) {
                need(topic, ends, needed);
            }
        });
        if (pending.size() >= MOST_PENDING) {
            pending.removeLast();
        }
        pending.addLast(new Pending(new Watermark(beat.position(), beat.sourceTime()), needed));
    }

    private static void need(String topic, List<Long> ends, Map<String, Long> needed) {
        for (int partition = 0; partition < ends.size(); partition++) {
            if (ends.get(partition) > 0) {
                needed.put(Places.field(new TopicPartition(topic, partition)), ends.get(partition));
            }
        }
    }

    /** Whether a heartbeat was read that the watermark has not reached. */
    public boolean waiting() {
        return !pending.isEmpty();
    }

    /** Moves the watermark as far as the marker allows. Where Redis does not reply, a later call does. */
    public void move() {
        if (pending.isEmpty()) {
            return;
        }
        try {
            Marker marker = markers.marker(pipeline).toCompletableFuture().join();
            Iterator<Pending> newestFirst = pending.descendingIterator();
            while (newestFirst.hasNext()) {
                Pending candidate = newestFirst.next();
                if (candidate.isApplied(marker)) {
                    move(candidate);
                    return;
                }
            }
        } catch (CompletionException e) {
            LOG.debug("The watermark is not moved: Redis does not reply", e);
        }
    }

    private void move(Pending reached) {
        boolean moved = watermarks
                .moveWatermark(pipeline, reached.watermark(), reached.needed())
                .toCompletableFuture()
                .join();
        if (moved) {
            while (!pending.removeFirst().equals(reached)) {
                // Older ones are reached as well.
            }
        }
    }

    /** What was read of these partitions is read again, here or by another writer. */
    public void revoked(Collection<TopicPartition> partitions) {
        if (partitions.contains(control)) {
            pending.clear();
        }
    }
}
