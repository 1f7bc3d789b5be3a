package dev.freshet.writer.place;

import dev.freshet.model.CacheMapping;
import dev.freshet.redis.Marker;
import dev.freshet.redis.MarkerStore;
import dev.freshet.redis.MarkerStore.Marked;
import dev.freshet.redis.MarkerStore.Replicas;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * How far this writer's partitions are applied, kept in Redis, so that a Redis that has lost writes gives itself away: by
 * being another server, or by holding something else than what was left there. Confined to one thread.
 */
public final class Places {

    /** Made anew where the marker is missing; so a second loss is told from the first, whose places are not back yet. */
    private static final String GENERATION = "generation";

    private static final String CACHE = "cache/";

    private final MarkerStore store;
    private final String pipeline;
    private final Replicas replicas;
    private final Map<String, CacheMapping> mappings;
    private final Map<TopicPartition, String> topicIds = new HashMap<>();
    private final Map<TopicPartition, Long> appliedBefore = new HashMap<>();
    private final Map<String, String> wanted = new HashMap<>();
    private Marker marker = new Marker("", Map.of());
    private boolean standing;

    public Places(MarkerStore store, String pipeline, Replicas replicas, List<CacheMapping> mappings) {
        this.store = store;
        this.pipeline = pipeline;
        this.replicas = replicas;
        this.mappings = mappings.stream().collect(Collectors.toUnmodifiableMap(CacheMapping::name, mapping -> mapping));
    }

    /**
     * How reading goes on.
     *
     * @param from by partition, the offset that comes next
     * @param replayed those of which Redis holds nothing: of each, records of the time that is replayed come first, from
     *     no later than the offset here
     * @param gaps by partition, why changes are missing on Kafka
     * @param forgotten whether Redis has lost writes
     */
    public record Resumed(
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> replayed,
            Map<TopicPartition, String> gaps,
            boolean forgotten) {}

    /**
     * Reads what Redis remembers and judges how these partitions go on. Changes nothing in Redis.
     *
     * @param reached Kafka's committed offsets; of partitions that are being read, how far
     * @param ids of all the partitions' topics
     * @param logStarts the oldest offsets that Kafka holds
     * @throws java.util.concurrent.CompletionException where Redis does not reply
     */
    public Resumed resume(
            Map<TopicPartition, OptionalLong> reached, Map<String, String> ids, Map<TopicPartition, Long> logStarts) {
        marker = store.marker(pipeline).toCompletableFuture().join();
        // What was made good was another loss.
        wanted.remove(MarkerStore.FILINGS_LOST);
        standing = false;
        return judge(reached, ids, logStarts);
    }

    private Resumed judge(
            Map<TopicPartition, OptionalLong> reached, Map<String, String> ids, Map<TopicPartition, Long> logStarts) {
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> replayed = new HashMap<>();
        Map<TopicPartition, String> gaps = new HashMap<>();
        appliedBefore.keySet().removeAll(reached.keySet());
        reached.forEach((partition, offset) -> {
            String id = Objects.requireNonNull(ids.get(partition.topic()));
            long logStart = logStarts.getOrDefault(partition, 0L);
            Optional<Place> place =
                    Optional.ofNullable(marker.fields().get(field(partition))).flatMap(Place::parse);
            Resumption resumption = Resumption.judge(offset, place, id, logStart);
            topicIds.put(partition, id);
            resumption.appliedBefore().ifPresent(end -> appliedBefore.put(partition, end));
            resumption.gap().ifPresent(reason -> gaps.put(partition, reason));
            if (resumption.from() instanceof Resumption.From.Offset known) {
                from.put(partition, known.offset());
            } else if (resumption.from() instanceof Resumption.From.Replay replay) {
                replayed.put(partition, replay.applied());
            } else {
                from.put(partition, logStart);
                if (resumption.gap().isEmpty()) {
                    // Nothing was applied so far. Without this, a partition without records would look forgotten.
                    wanted.put(field(partition), new Place(id, logStart).toString());
                }
            }
        });
        return new Resumed(from, replayed, gaps, !appliedBefore.isEmpty());
    }

    /**
     * The mappings that are not those for which changes were applied so far. Where nothing is known of any, this is the
     * first attach.
     *
     * @param attachIsTold whether the listener tells of the first attach, so that what it tells flushes then, and not this
     */
    public Set<CacheMapping> changedMappings(boolean attachIsTold) {
        Set<String> known = marker.fields().keySet().stream()
                .filter(field -> field.startsWith(CACHE))
                .collect(Collectors.toSet());
        known.stream()
                .filter(field -> !mappings.containsKey(field.substring(CACHE.length())))
                .forEach(field -> wanted.put(field, ""));
        if (known.isEmpty() && attachIsTold) {
            adopt(mappings.values());
            return Set.of();
        }
        return mappings.values().stream()
                .filter(mapping ->
                        !MappingDigest.of(mapping).equals(marker.fields().get(CACHE + mapping.name())))
                .collect(Collectors.toSet());
    }

    /** From now on nothing stands of these mappings that their changes would not have reached. */
    public void adopt(Collection<CacheMapping> adopted) {
        adopted.forEach(mapping -> wanted.put(CACHE + mapping.name(), MappingDigest.of(mapping)));
    }

    /**
     * The mappings of which Redis may not know any more which keys were filed under their tags, so that changes would not find
     * them. Told until {@link #unfiled}.
     */
    public Set<CacheMapping> lostFilings() {
        if (!marker.fields().containsKey(MarkerStore.FILINGS_LOST)) {
            return Set.of();
        }
        Set<CacheMapping> tagged = mappings.values().stream()
                .filter(mapping -> mapping.target() instanceof CacheMapping.Target.Tag)
                .collect(Collectors.toSet());
        if (tagged.isEmpty()) {
            unfiled();
        }
        return tagged;
    }

    /** Nothing stands any more that may have been filed when {@link #lostFilings} was asked. */
    public void unfiled() {
        wanted.put(MarkerStore.FILINGS_LOST, "");
    }

    /**
     * Leaves in Redis how far the partitions are applied, and finds out whether Redis still holds what was left before.
     * Only then may Kafka be told.
     *
     * @param applied by partition, the offset of the first record that is not applied for good
     * @throws java.util.concurrent.CompletionException where Redis does not reply
     */
    public Marked keep(Map<TopicPartition, Long> applied) {
        if (topicIds.isEmpty()) {
            return Marked.DONE;
        }
        Map<String, String> fields = new HashMap<>(wanted);
        fields.put(
                GENERATION,
                marker.fields().getOrDefault(GENERATION, UUID.randomUUID().toString()));
        topicIds.forEach((partition, id) -> {
            Long offset = applied.get(partition);
            if (offset != null) {
                fields.put(field(partition), new Place(id, offset).toString());
            } else {
                fields.putIfAbsent(field(partition), marker.fields().getOrDefault(field(partition), ""));
            }
        });
        Marked marked = store.mark(pipeline, marker, fields, replicas)
                .toCompletableFuture()
                .join();
        if (marked != Marked.LOST) {
            kept(fields, applied);
        }
        return marked;
    }

    private void kept(Map<String, String> fields, Map<TopicPartition, Long> applied) {
        Map<String, String> all = new HashMap<>(marker.fields());
        all.putAll(fields);
        all.values().removeIf(String::isEmpty);
        marker = new Marker(marker.server(), all);
        wanted.clear();
        standing = true;
        applied.forEach((partition, offset) ->
                appliedBefore.computeIfPresent(partition, (same, end) -> offset >= end ? null : end));
    }

    /** Whether the partition is this writer's, and was judged. */
    public boolean hold(TopicPartition partition) {
        return topicIds.containsKey(partition);
    }

    /** Whether the record was applied once, to a Redis that has forgotten it. */
    public boolean isAppliedBefore(TopicPartition partition, long offset) {
        return offset < appliedBefore.getOrDefault(partition, 0L);
    }

    /** Whether the marker was moved since partitions were judged last: what Redis loses before that goes unnoticed. */
    public boolean standing() {
        return standing;
    }

    /** Whether records are being applied again because Redis has forgotten them. */
    public boolean replaying() {
        return !appliedBefore.isEmpty();
    }

    /** The partitions whose topic was made anew since they were assigned. */
    public Set<TopicPartition> madeAnew(Map<String, String> ids) {
        Set<TopicPartition> anew = new HashSet<>();
        topicIds.forEach((partition, id) -> {
            String now = ids.get(partition.topic());
            if (now != null && !now.equals(id)) {
                anew.add(partition);
            }
        });
        return anew;
    }

    /** These partitions are another writer's now. */
    public void revoked(Collection<TopicPartition> partitions) {
        topicIds.keySet().removeAll(partitions);
        partitions.forEach(partition -> wanted.remove(field(partition)));
        appliedBefore.keySet().removeAll(partitions);
    }

    static String field(TopicPartition partition) {
        return partition.topic() + "/" + partition.partition();
    }
}
