package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import dev.freshet.model.config.RedisConfig;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The cache in Redis. Connects on first use and again after a connection was lost; nothing is retried by itself. The
 * calls of one {@link #apply} are pipelined; each script works on a bounded number of keys, so that Redis answers others
 * in between. On a cluster it does the same slot by slot (ADR 15); there a marker is good for the store that read it alone.
 * Thread-safe.
 */
public final class RedisCacheStore implements CacheStore, WarmStore, MarkerStore, WatermarkStore {

    private static final Duration BOOKMARK_LIFE = Duration.ofDays(7);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final RedisLink link;
    private final CommandScripts scripts;
    private final ClusterMarkers markers;

    private RedisCacheStore(RedisConfig config, Duration window, Duration timeout, Scripts scripts) {
        if (window.toMillis() <= 0) {
            throw new IllegalArgumentException("the fence window must be at least a millisecond: " + window);
        }
        // Lettuce counts the time of each command; a sweep's many commands may take longer than any one.
        this.link =
                new RedisLink(RedisClients.connector(config, timeout), Optional.empty(), Duration.ZERO, scripts.all());
        this.scripts = new CommandScripts(scripts, window);
        this.markers = new ClusterMarkers(link, this.scripts);
    }

    /**
     * A store that will connect when it is first used.
     *
     * @param window how long a fence lives; every writer and reader of this Redis must use the same
     * @throws IllegalArgumentException where the url is of another form, or a file for TLS is missing; the message does not
     *     repeat the url
     */
    public static RedisCacheStore at(RedisConfig config, Duration window) {
        return at(config, window, DEFAULT_TIMEOUT);
    }

    /**
     * The same with a time limit of its own.
     *
     * @param timeout how long to wait for a connection, and for the reply to one command
     */
    public static RedisCacheStore at(RedisConfig config, Duration window, Duration timeout) {
        return new RedisCacheStore(config, window, timeout, Scripts.standard());
    }

    /** The same of a url alone. */
    public static RedisCacheStore at(String url, Duration window) {
        return at(url, window, DEFAULT_TIMEOUT);
    }

    /** The same of a url alone. */
    public static RedisCacheStore at(String url, Duration window, Duration timeout) {
        return at(url, window, timeout, Scripts.standard());
    }

    static RedisCacheStore at(String url, Duration window, Duration timeout, Scripts scripts) {
        return new RedisCacheStore(RedisClients.plainly(url), window, timeout, scripts);
    }

    @Override
    public CompletionStage<Outcome> apply(List<KeyCommand> commands) {
        return link.ask("apply the changes", redis -> new Application(link, scripts, redis, commands).run());
    }

    @Override
    public CompletionStage<Void> fencePattern(String glob, Fence fence, Optional<Position> position) {
        String place = position.map(RedisLayout::position).orElse("");
        if (link.cluster()) {
            List<ScriptCall> calls =
                    List.of(scripts.fence(RedisLayout.patternFence(glob), fence), scripts.leavePosition(glob, place));
            return link.ask("fence a pattern", redis -> Stages.all(calls, call -> link.run(redis, call)))
                    .thenApply(nothing -> null);
        }
        ScriptCall call = scripts.fencePattern(glob, fence, place);
        return link.ask("fence a pattern", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Long> sweep(KeyScan keys, Optional<KeyScan> field) {
        return link.ask(
                "sweep",
                redis -> link.cluster()
                        ? Sweep.removingFromCluster(redis, keys, field)
                        : Sweep.removing(redis, keys, field).run());
    }

    @Override
    public CompletionStage<Long> takeBack(KeyScan keys, Fence fence) {
        return link.ask("take back what was filled", redis -> {
            Function<List<String>, CompletionStage<Long>> remove =
                    batch -> link.run(redis, scripts.takeBack(batch, fence)).thenApply(answer -> answer.get(0));
            return link.cluster()
                    ? ClusterWalk.over(
                            redis,
                            primary -> Sweep.takingBack(primary, keys, batch -> bySlot(batch, remove))
                                    .run())
                    : Sweep.takingBack(redis, keys, remove).run();
        });
    }

    private static CompletionStage<Long> bySlot(
            List<String> keys, Function<List<String>, CompletionStage<Long>> remove) {
        return Stages.all(SlotTag.bySlot(keys, SlotTag::slot), remove)
                .thenApply(
                        removed -> removed.stream().mapToLong(Long::longValue).sum());
    }

    @Override
    public CompletionStage<Long> invalidateTag(String tag, Fence fence) {
        return link.ask(
                "invalidate a tag",
                redis -> new TagInvalidation(link, scripts, redis, tag, scripts.fenceTag(tag, fence)).run());
    }

    @Override
    public CompletionStage<Optional<String>> lease(String key, Duration life) {
        String token = UUID.randomUUID().toString();
        ScriptCall call = scripts.lease(key, token, life, "", Duration.ZERO);
        return link.ask("grant a lease", redis -> link.run(redis, call))
                .thenApply(answer -> answer.get(0) == 1 ? Optional.of(token) : Optional.empty());
    }

    @Override
    public CompletionStage<Boolean> fill(
            String key,
            String token,
            Snapshot snapshot,
            KeyCommand.Value value,
            Optional<Duration> ttl,
            List<String> patterns) {
        if (link.cluster()) {
            return link.ask("fill a key", redis -> checkedFill(redis, key, token, snapshot, value, ttl, patterns));
        }
        ScriptCall call = scripts.fill(key, token, snapshot, ttl, patterns, List.of(), "", Duration.ZERO, value);
        return link.ask("fill a key", redis -> link.run(redis, call)).thenApply(answer -> answer.get(0) == 1);
    }

    /** The fences of the patterns stand in other slots: they are looked at while the lease stands. */
    private CompletionStage<Boolean> checkedFill(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            String key,
            String token,
            Snapshot snapshot,
            KeyCommand.Value value,
            Optional<Duration> ttl,
            List<String> patterns) {
        return Stages.all(patterns, glob -> link.run(redis, scripts.check(RedisLayout.patternFence(glob), snapshot)))
                .thenCompose(checked -> checked.stream().allMatch(answer -> answer.get(0) == 1)
                        ? link.run(redis, scripts.checkedFill(key, token, snapshot, ttl, value))
                                .thenApply(answer -> answer.get(0) == 1)
                        : link.run(redis, scripts.release(key, token)).thenApply(released -> false));
    }

    @Override
    public CompletionStage<Void> release(String key, String token) {
        ScriptCall call = scripts.release(key, token);
        return link.ask("release a lease", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Map<String, String>> publishedPatterns(String pipeline) {
        byte[] fenced = Utf8.encode(RedisLayout.patterns(pipeline));
        byte[] unfenced = Utf8.encode(RedisLayout.unfencedPatterns(pipeline));
        return link.ask(
                "tell the patterns",
                redis -> redis.hgetall(fenced).thenCombine(redis.hgetall(unfenced), (one, other) -> {
                    Map<String, String> globs = Utf8.texts(one);
                    globs.putAll(Utf8.texts(other));
                    return globs;
                }));
    }

    @Override
    public CompletionStage<Map<String, String>> bookmarks(String pipeline) {
        byte[] places = Utf8.encode(RedisLayout.warm(pipeline));
        return link.ask("tell how far a warm came", redis -> redis.hgetall(places))
                .thenApply(Utf8::texts);
    }

    @Override
    public CompletionStage<Void> bookmark(String pipeline, String cache, String place) {
        byte[] places = Utf8.encode(RedisLayout.warm(pipeline));
        return link.ask(
                        "note how far a warm came",
                        redis -> redis.hset(places, Utf8.encode(cache), Utf8.encode(place))
                                .thenCombine(redis.pexpire(places, BOOKMARK_LIFE.toMillis()), (set, kept) -> kept))
                .thenApply(kept -> null);
    }

    @Override
    public CompletionStage<Void> forgetBookmarks(String pipeline, Collection<String> caches) {
        if (caches.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        byte[] places = Utf8.encode(RedisLayout.warm(pipeline));
        byte[][] names = caches.stream().map(Utf8::encode).toArray(byte[][]::new);
        return link.ask("forget how far a warm came", redis -> redis.hdel(places, names))
                .thenApply(forgotten -> null);
    }

    @Override
    public CompletionStage<Void> publishPatterns(
            String pipeline, Map<String, String> fenced, Map<String, String> unfenced) {
        if (link.cluster()) {
            CommandScripts.Publication publication = scripts.publication(pipeline, fenced, unfenced);
            return link.ask(
                            "publish the patterns",
                            redis -> Stages.all(publication.hashes(), call -> link.run(redis, call))
                                    .thenCompose(replaced -> link.run(redis, publication.version())))
                    .thenApply(nothing -> null);
        }
        ScriptCall call = scripts.publishPatterns(pipeline, fenced, unfenced);
        return link.ask("publish the patterns", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Marker> marker(String pipeline) {
        return link.ask(
                "read the marker",
                redis -> link.cluster()
                        ? markers.read(redis, pipeline)
                        : link.runMixed(redis, scripts.readMarker(RedisLayout.marker(pipeline)))
                                .thenApply(ClusterMarkers::parse));
    }

    @Override
    public CompletionStage<Marked> mark(
            String pipeline, Marker expected, Map<String, String> fields, Replicas replicas) {
        if (link.cluster()) {
            return link.ask(
                    "move the markers", redis -> markers.mark(redis, pipeline, expected.server(), fields, replicas));
        }
        ScriptCall call = scripts.mark(RedisLayout.marker(pipeline), expected, fields);
        // On one connection: Redis waits for what was written over the connection that asks.
        return link.ask(
                "move the marker",
                redis -> link.run(redis, call).thenCompose(answer -> {
                    if (answer.get(0) == 0) {
                        return CompletableFuture.completedStage(Marked.LOST);
                    } else if (replicas.count() == 0) {
                        return CompletableFuture.completedStage(Marked.DONE);
                    }
                    return redis.waitForReplication(
                                    replicas.count(), replicas.limit().toMillis())
                            .thenApply(held -> held >= replicas.count() ? Marked.DONE : Marked.NOT_REPLICATED);
                }));
    }

    @Override
    public CompletionStage<Optional<Watermark>> watermark(String pipeline) {
        return link.ask(
                "tell the watermark",
                redis -> link.cluster() ? markers.watermark(redis, pipeline) : StoredWatermark.ask(redis, pipeline));
    }

    @Override
    public CompletionStage<Boolean> moveWatermark(String pipeline, Watermark to, Map<String, Long> applied) {
        if (link.cluster()) {
            return link.ask("move the watermarks", redis -> markers.moveWatermark(redis, pipeline, to, applied));
        }
        ScriptCall call =
                scripts.moveWatermark(RedisLayout.watermark(pipeline), RedisLayout.marker(pipeline), to, applied);
        return link.ask("move the watermark", redis -> link.run(redis, call)).thenApply(answer -> answer.get(0) == 1);
    }

    @Override
    public CompletionStage<Optional<String>> unfit() {
        CompletableFuture<Optional<String>> judged = link.cluster()
                ? link.ask("answer", RedisCacheStore::unfitPrimary)
                : link.ask("answer", redis -> redis.info())
                        .thenApply(info -> ServerFitness.unfit(link.address(), info, false));
        return judged.exceptionally(
                away -> Optional.of(String.valueOf(RedisLink.cause(away).getMessage())));
    }

    /** The first primary of a cluster that cannot serve. */
    private static CompletionStage<Optional<String>> unfitPrimary(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return ClusterShape.look(redis)
                .thenCompose(shape -> Stages.all(
                        shape.primaries(),
                        primary -> primary.commands()
                                .info()
                                .thenApply(info -> ServerFitness.unfit(primary.address(), info, true))))
                .thenApply(all -> all.stream().flatMap(Optional::stream).findFirst());
    }

    @Override
    public void close() {
        link.close();
    }
}
