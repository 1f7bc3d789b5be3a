package dev.freshet.writer;

import dev.freshet.writer.place.Places;
import dev.freshet.writer.place.TopicIds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the reading of partitions goes on: of those that were assigned, of those whose changes Redis has forgotten, and of
 * those whose topic was made anew. They stay paused until that is judged. Confined to the writer's thread.
 */
final class Resuming {

    /** How soon a topic is noticed that was made anew, and is read on as if it were the old one. */
    private static final Duration TOPICS_EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Resuming.class);

    private final Consumer<byte[], byte[]> consumer;
    private final Places places;
    private final TopicIds topicIds;
    private final Duration replay;
    private final InstantSource day;
    private final InstantSource clock;
    private final Patience patience;
    private final Map<TopicPartition, OptionalLong> unresolved = new HashMap<>();
    private Instant topicsAsked = Instant.EPOCH;
    private CompletableFuture<Map<String, String>> topicsNow = CompletableFuture.completedFuture(Map.of());

    /** Tries a step for as long as a server is away. */
    interface Patience {
        <T> T untilAvailable(Supplier<T> step);
    }

    /**
     * What the writer has to do about partitions that go on.
     *
     * @param partitions all of them
     * @param replayed of these Redis holds nothing that was applied, but perhaps something older; by partition, where
     *     reading starts
     * @param gaps of these changes are missing on Kafka; by partition, why
     * @param starts by partition, the oldest offset that Kafka holds
     */
    record Resumed(
            Set<TopicPartition> partitions,
            Map<TopicPartition, Long> replayed,
            Map<TopicPartition, String> gaps,
            Map<TopicPartition, Long> starts) {}

    /** @param replay how far back records are read where Redis holds nothing */
    Resuming(
            Consumer<byte[], byte[]> consumer,
            Places places,
            TopicIds topicIds,
            Duration replay,
            InstantSource day,
            InstantSource clock,
            Patience patience) {
        this.consumer = consumer;
        this.places = places;
        this.topicIds = topicIds;
        this.replay = replay;
        this.day = day;
        this.clock = clock;
        this.patience = patience;
    }

    /** @param reached by partition, Kafka's committed offset; of one that is being read, how far it was */
    void add(Map<TopicPartition, OptionalLong> reached) {
        unresolved.putAll(reached);
        consumer.pause(reached.keySet());
    }

    void revoked(Collection<TopicPartition> partitions) {
        unresolved.keySet().removeAll(partitions);
    }

    /** The partitions that are to stay paused. */
    Set<TopicPartition> waiting() {
        return unresolved.keySet();
    }

    /** Judges those that wait and moves the consumer there; empty where none can be judged yet. */
    Optional<Resumed> resume() {
        if (unresolved.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> ids = patience.untilAvailable(() -> ids(unresolved.keySet()));
        Map<TopicPartition, OptionalLong> reached = new HashMap<>(unresolved);
        // A topic that has just gone takes its partitions with it, in a poll to come.
        reached.keySet().removeIf(partition -> !ids.containsKey(partition.topic()));
        if (reached.isEmpty()) {
            return Optional.empty();
        }
        Map<TopicPartition, Long> starts = patience.untilAvailable(() -> consumer.beginningOffsets(reached.keySet()));
        Places.Resumed resumed = patience.untilAvailable(() -> places.resume(reached, ids, starts));
        Map<TopicPartition, Long> replayed = patience.untilAvailable(() -> beginnings(resumed.replayed()));
        if (resumed.forgotten()) {
            LOG.warn("Redis has lost writes: changes are applied again, from {} {}", resumed.from(), replayed);
        }
        resumed.from().forEach(this::seek);
        replayed.forEach(this::seek);
        unresolved.keySet().removeAll(reached.keySet());
        return Optional.of(new Resumed(reached.keySet(), replayed, resumed.gaps(), starts));
    }

    private Map<String, String> ids(Collection<TopicPartition> partitions) {
        return topicIds.of(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .toCompletableFuture()
                .join();
    }

    /** A wait polls, and a poll may have taken the partition away. */
    private void seek(TopicPartition partition, long offset) {
        if (consumer.assignment().contains(partition)) {
            consumer.seek(partition, offset);
        }
    }

    /** Where the replayed time begins, in each of the partitions. */
    private Map<TopicPartition, Long> beginnings(Map<TopicPartition, Long> applied) {
        if (applied.isEmpty()) {
            return Map.of();
        }
        long since = day.instant().minus(replay).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        applied.keySet().forEach(partition -> times.put(partition, since));
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        consumer.offsetsForTimes(times).forEach((partition, first) -> {
            long end = applied.getOrDefault(partition, 0L);
            beginnings.put(partition, first == null ? end : Math.min(first.offset(), end));
        });
        return beginnings;
    }

    /**
     * The partitions whose topic was made anew under its name; asked for now and then, without waiting for the answer. The
     * new one may be long enough by then to be read on without a word.
     */
    Set<TopicPartition> madeAnew() {
        Instant now = clock.instant();
        if (!topicsNow.isDone() || !now.isAfter(topicsAsked.plus(TOPICS_EVERY))) {
            return Set.of();
        }
        Set<TopicPartition> anew = new HashSet<>();
        if (!topicsNow.isCompletedExceptionally()) {
            anew.addAll(places.madeAnew(topicsNow.join()));
            anew.retainAll(consumer.assignment());
        }
        topicsAsked = now;
        topicsNow = topicIds.of(consumer.assignment().stream()
                        .map(TopicPartition::topic)
                        .collect(Collectors.toSet()))
                .toCompletableFuture();
        return anew;
    }
}
