package dev.freshet.redis;

import dev.freshet.model.Watermark;
import dev.freshet.redis.MarkerStore.Marked;
import dev.freshet.redis.MarkerStore.Replicas;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The markers and watermarks of a cluster: one of each on every primary, at an anchor, which is a text of the primary's highest
 * slot. What a marker says was applied on all primaries before it was written; so it holds for all that its own primary has
 * kept since, and all of them together for the cluster. Slots that move take it with them. The one of the last slot can be found
 * whatever has moved, and lists the others. Thread-safe.
 */
final class ClusterMarkers {

    /** A slot with a marker in it is open for milliseconds, unless its move was given up. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final int ATTEMPTS = 60;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** A writer needs one, which it uses every second; whoever only looks leaves one behind each time. */
    private static final int READINGS = 256;

    private static final Marker NOTHING = new Marker("", Map.of());

    private final RedisLink link;
    private final CommandScripts scripts;
    private final Map<String, Long> lookedNanos = new ConcurrentHashMap<>();
    private final Map<String, MarkerReading> readings = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, MarkerReading> eldest) {
            return size() > READINGS;
        }
    };

    ClusterMarkers(RedisLink link, CommandScripts scripts) {
        this.link = link;
        this.scripts = scripts;
    }

    /**
     * What all markers say together; nothing where some primary has none, since it may hold anything. The server names this
     * reading, and no server.
     */
    CompletionStage<Marker> read(RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline) {
        return ClusterShape.look(redis)
                .thenCompose(shape -> running(shape)
                        .thenCompose(running -> readAll(redis, pipeline, shape).thenApply(found -> {
                            List<Integer> standing = standing(found);
                            Set<Integer> without = new TreeSet<>();
                            shape.owners().stream()
                                    .filter(owner -> standing.stream().noneMatch(owner::owns))
                                    .forEach(owner -> without.add(owner.anchor()));
                            Map<Integer, Marker> used = new TreeMap<>(found);
                            used.keySet().removeIf(slot -> !standing.contains(slot) && !without.contains(slot));
                            Map<String, String> fields = new HashMap<>();
                            if (without.isEmpty()) {
                                fields.putAll(together(found, standing));
                            }
                            MarkerReading reading = new MarkerReading(shape, running, used);
                            if (!reading.filingsKept()) {
                                fields.put(MarkerStore.FILINGS_LOST, "perhaps");
                            }
                            String name = UUID.randomUUID().toString();
                            synchronized (readings) {
                                readings.put(name, reading);
                            }
                            return new Marker(name, fields);
                        })));
    }

    /** Which server of which history each primary is, by its id. */
    private static CompletionStage<Map<String, String>> running(ClusterShape shape) {
        return Stages.all(shape.primaries(), primary -> primary.commands().info())
                .thenApply(infos -> {
                    Map<String, String> running = new HashMap<>();
                    for (int i = 0; i < infos.size(); i++) {
                        Map<String, String> facts = ServerFitness.facts(infos.get(i));
                        running.put(
                                shape.primaries().get(i).id(), facts.get("run_id") + "/" + facts.get("master_replid"));
                    }
                    return running;
                });
    }

    private static Map<String, String> together(Map<Integer, Marker> found, Collection<Integer> slots) {
        return MarkerReading.together(
                slots.stream().map(slot -> fields(found, slot)).toList());
    }

    private static Map<String, String> fields(Map<Integer, Marker> found, int slot) {
        return found.getOrDefault(slot, NOTHING).fields();
    }

    /** Those of the markers found that stand, and that the one of the last slot lists. */
    private static List<Integer> standing(Map<Integer, Marker> found) {
        Set<Integer> listed = MarkerReading.listed(fields(found, MarkerReading.FIRST_LOOK));
        return found.keySet().stream()
                .filter(slot -> listed.contains(slot) && !fields(found, slot).isEmpty())
                .toList();
    }

    /** By anchor, those that the last slot's lists and stand, and whatever stands at the primaries' anchors. */
    private CompletionStage<Map<Integer, Marker>> readAll(
            RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline, ClusterShape shape) {
        return readAt(redis, pipeline, MarkerReading.FIRST_LOOK).thenCompose(first -> {
            Set<Integer> anchors = new TreeSet<>();
            shape.owners().forEach(owner -> anchors.add(owner.anchor()));
            Set<Integer> slots = new TreeSet<>(anchors);
            slots.addAll(MarkerReading.listed(first.fields()));
            return Stages.all(slots, slot -> readAt(redis, pipeline, slot)).thenApply(markers -> {
                Map<Integer, Marker> found = new TreeMap<>();
                int i = 0;
                for (int slot : slots) {
                    Marker marker = markers.get(i++);
                    if (anchors.contains(slot) || !marker.fields().isEmpty()) {
                        found.put(slot, marker);
                    }
                }
                return found;
            });
        });
    }

    private CompletionStage<Marker> readAt(RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline, int slot) {
        return link.runMixed(redis, scripts.readMarker(RedisLayout.marker(slot, pipeline)))
                .thenApply(ClusterMarkers::parse);
    }

    /** As the script answers: the server, then fields and values. */
    static Marker parse(List<Object> answer) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < answer.size(); i += 2) {
            fields.put(text(answer.get(i)), text(answer.get(i + 1)));
        }
        return new Marker(text(answer.get(0)), fields);
    }

    private static String text(Object bytes) {
        return Utf8.decode((byte[]) bytes);
    }

    /**
     * Moves all markers on, each from what was read there.
     *
     * @param reading as {@link #read} named it
     */
    CompletionStage<Marked> mark(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            String pipeline,
            String reading,
            Map<String, String> fields,
            Replicas replicas) {
        Optional<MarkerReading> read = reading(reading);
        if (read.isEmpty()) {
            return CompletableFuture.completedStage(Marked.LOST);
        }
        Map<String, String> stored = new HashMap<>(fields);
        if (stored.remove(MarkerStore.FILINGS_LOST) != null) {
            read.get().keepFilings();
        }
        Move move = new Move(redis, pipeline, read.get(), stored);
        boolean lookAround = isLookDue(reading) || !read.get().shape().isConnected();
        return move.run(lookAround).thenCompose(done -> {
            if (!done) {
                synchronized (readings) {
                    readings.remove(reading);
                }
                return CompletableFuture.completedStage(Marked.LOST);
            }
            return replicated(read.get().shape(), replicas);
        });
    }

    private Optional<MarkerReading> reading(String name) {
        synchronized (readings) {
            lookedNanos.keySet().retainAll(readings.keySet());
            return Optional.ofNullable(readings.get(name));
        }
    }

    private boolean isLookDue(String reading) {
        long now = System.nanoTime();
        Long looked = lookedNanos.putIfAbsent(reading, now);
        boolean due = looked != null && now - looked >= LOOK_EVERY.toNanos();
        if (due) {
            lookedNanos.put(reading, now);
        }
        return due;
    }

    /** Each primary waits for what was written over the connection that asks. */
    private static CompletionStage<Marked> replicated(ClusterShape shape, Replicas replicas) {
        if (replicas.count() == 0) {
            return CompletableFuture.completedStage(Marked.DONE);
        }
        return Stages.all(
                        shape.owners(),
                        owner -> owner.commands()
                                .waitForReplication(
                                        replicas.count(), replicas.limit().toMillis()))
                .thenApply(held -> held.stream().allMatch(count -> count >= replicas.count())
                        ? Marked.DONE
                        : Marked.NOT_REPLICATED);
    }

    /** What became of one attempt to move all markers. */
    private enum Step {
        DONE,
        /** Something else stood there, or another server is there. */
        LOST,
        /** Slots moved meanwhile. */
        AGAIN
    }

    /** One move of all markers. Used once; its steps follow each other on Lettuce's threads. */
    private final class Move {

        private final RedisClusterAsyncCommands<byte[], byte[]> redis;
        private final String pipeline;
        private final MarkerReading reading;
        private final Map<String, String> fields;

        Move(
                RedisClusterAsyncCommands<byte[], byte[]> redis,
                String pipeline,
                MarkerReading reading,
                Map<String, String> fields) {
            this.redis = redis;
            this.pipeline = pipeline;
            this.reading = reading;
            this.fields = fields;
        }

        /** Whether all markers stand now, and nothing else stood there. */
        CompletionStage<Boolean> run(boolean lookAround) {
            return attempt(lookAround, ATTEMPTS);
        }

        private CompletionStage<Boolean> attempt(boolean lookAround, int attempts) {
            return once(lookAround).thenCompose(step -> {
                if (step != Step.AGAIN) {
                    return CompletableFuture.completedStage(step == Step.DONE);
                } else if (attempts <= 1) {
                    return CompletableFuture.failedStage(new CacheUnavailableException(
                            "the slots of the Redis Cluster move faster than its markers",
                            new RedisException("given up")));
                }
                return TryAgain.after(PAUSE).thenCompose(now -> attempt(true, attempts - 1));
            });
        }

        private CompletionStage<Step> once(boolean lookAround) {
            return moved(reading.anchors())
                    .thenCompose(refused -> refused.isEmpty() && !lookAround
                            ? CompletableFuture.completedStage(Step.DONE)
                            : ClusterShape.look(redis).thenCompose(shape -> {
                                // In an open slot the marker may stand at the slot's next owner already.
                                Set<Integer> settled = new TreeSet<>(refused);
                                settled.removeIf(shape::isOpen);
                                if (reading.isOutdatedBy(shape)) {
                                    return follow(shape, settled);
                                }
                                return CompletableFuture.completedStage(
                                        refused.isEmpty() ? Step.DONE : settled.isEmpty() ? Step.AGAIN : Step.LOST);
                            }));
        }

        /** The anchors where something else stands, or another server is. */
        private CompletionStage<Set<Integer>> moved(Collection<Integer> slots) {
            Set<Integer> refused = ConcurrentHashMap.newKeySet();
            return Stages.all(slots, slot -> moved(slot).thenApply(done -> done || refused.add(slot)))
                    .thenApply(all -> refused);
        }

        private CompletionStage<Boolean> moved(int slot) {
            Marker expected = reading.expected(slot);
            Map<String, String> all = new HashMap<>(fields);
            // Where they are as they should be, another writer may have changed them since.
            reading.ownFields().forEach((field, value) -> {
                if (!value.equals(expected.fields().get(field))) {
                    all.put(field, value);
                }
            });
            return link.run(redis, scripts.mark(key(slot), expected, all)).thenApply(answer -> {
                boolean done = answer.get(0) == 1;
                if (done) {
                    reading.moved(slot, all);
                }
                return done;
            });
        }

        private String key(int slot) {
            return RedisLayout.marker(slot, pipeline);
        }

        private CompletionStage<Step> follow(ClusterShape shape, Set<Integer> refused) {
            return running(shape)
                    .thenCompose(running -> readAll(redis, pipeline, shape).thenCompose(found -> {
                        Map<Integer, Marker> standing = new HashMap<>(found);
                        standing.keySet().retainAll(standing(found));
                        if (!reading.follow(shape, running, refused, standing)) {
                            return CompletableFuture.completedStage(Step.LOST);
                        }
                        // Where more has moved meanwhile, the next look tells.
                        return moved(reading.anchors())
                                .thenCompose(
                                        still -> still.isEmpty() ? begin() : CompletableFuture.completedStage(false))
                                .thenCompose(begun -> begun ? forget() : CompletableFuture.completedStage(false))
                                .thenApply(done -> done ? Step.DONE : Step.AGAIN);
                    }));
        }

        /** Gives primaries that have no marker at their anchor one, of what the others say now. */
        private CompletionStage<Boolean> begin() {
            List<Integer> planned = new ArrayList<>(reading.planned());
            if (planned.isEmpty()) {
                return CompletableFuture.completedStage(true);
            }
            Set<Integer> anchors = reading.anchors();
            return Stages.all(anchors, slot -> readAt(redis, pipeline, slot))
                    .thenCompose(markers -> {
                        Map<String, String> all = MarkerReading.together(
                                markers.stream().map(Marker::fields).toList());
                        all.putAll(reading.ownFields());
                        return Stages.all(planned, slot -> begin(slot, all));
                    })
                    .thenCompose(begun -> begun.contains(false)
                            ? CompletableFuture.completedStage(false)
                            : moved(planned).thenApply(Set::isEmpty));
        }

        private CompletionStage<Boolean> begin(int slot, Map<String, String> all) {
            // What stands there and is in no list was left by others, long ago.
            return redis.unlink(Utf8.encode(key(slot)))
                    .thenCompose(left -> link.run(
                            redis,
                            scripts.addMarker(key(slot), reading.expected(slot).server(), all)))
                    .thenApply(answer -> {
                        boolean done = answer.get(0) == 1;
                        if (done) {
                            reading.moved(slot, all);
                        }
                        return done;
                    });
        }

        /** Markers that no list names any more. */
        private CompletionStage<Boolean> forget() {
            return Stages.all(
                            reading.takeSurplus(),
                            slot -> redis.unlink(Utf8.encode(key(slot)))
                                    .thenCombine(
                                            redis.unlink(Utf8.encode(RedisLayout.watermark(slot, pipeline))),
                                            Long::sum))
                    .thenApply(forgotten -> true);
        }
    }

    /** The lowest of all primaries' watermarks; empty where one has none. */
    CompletionStage<Optional<Watermark>> watermark(RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline) {
        return ClusterShape.look(redis)
                .thenCompose(shape -> Stages.all(
                        shape.owners(),
                        owner -> StoredWatermark.askAt(redis, RedisLayout.watermark(owner.anchor(), pipeline))))
                .thenApply(all -> all.stream().allMatch(Optional::isPresent)
                        ? all.stream().flatMap(Optional::stream).min(Comparator.comparing(Watermark::sourceTime))
                        : Optional.empty());
    }

    /** Moves every primary's watermark, once every primary's marker says that all of it is applied. */
    CompletionStage<Boolean> moveWatermark(
            RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline, Watermark to, Map<String, Long> applied) {
        return ClusterShape.look(redis)
                .thenCompose(shape -> Stages.all(shape.owners(), owner -> readAt(redis, pipeline, owner.anchor()))
                        .thenCompose(markers -> markers.stream().allMatch(marker -> reaches(marker, applied))
                                ? Stages.all(
                                                shape.owners(),
                                                owner -> move(redis, pipeline, owner.anchor(), to, applied))
                                        .thenApply(moved -> !moved.contains(false))
                                : CompletableFuture.completedStage(false)));
    }

    private CompletionStage<Boolean> move(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            String pipeline,
            int anchor,
            Watermark to,
            Map<String, Long> applied) {
        ScriptCall call = scripts.moveWatermark(
                RedisLayout.watermark(anchor, pipeline), RedisLayout.marker(anchor, pipeline), to, applied);
        return link.run(redis, call).thenApply(answer -> answer.get(0) == 1);
    }

    private static boolean reaches(Marker marker, Map<String, Long> applied) {
        return applied.entrySet().stream().allMatch(needed -> {
            String place = marker.fields().getOrDefault(needed.getKey(), "");
            String offset = place.substring(place.lastIndexOf(':') + 1);
            return place.indexOf(':') >= 0
                    && offset.matches("[0-9]{1,18}")
                    && Long.parseLong(offset) >= needed.getValue();
        });
    }
}
