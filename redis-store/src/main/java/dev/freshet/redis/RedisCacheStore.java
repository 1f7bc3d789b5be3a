package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The cache in Redis. Connects on first use and again after a connection was lost; nothing is retried by itself. The
 * calls of one {@link #apply} are pipelined; each script works on a bounded number of keys, so that Redis answers others
 * in between. Thread-safe.
 */
public final class RedisCacheStore implements CacheStore, FillStore {

    /** How many keys one call removes: few enough to take Redis about a millisecond. */
    static final int REMOVED_AT_ONCE = 256;

    static final int STORED_AT_ONCE = 64;
    private static final long STORED_BYTES_AT_ONCE = 512 * 1024;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final RedisLink link;
    private final CommandScripts scripts;

    private RedisCacheStore(RedisURI uri, Duration window, Duration timeout, Scripts scripts) {
        if (window.toMillis() <= 0) {
            throw new IllegalArgumentException("the fence window must be at least a millisecond: " + window);
        }
        this.link = new RedisLink(uri, timeout, scripts.all());
        this.scripts = new CommandScripts(scripts, window);
    }

    /**
     * A store that will connect when it is first used.
     *
     * @param url as Lettuce takes it: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}
     * @param window how long a fence lives; every writer and reader of this Redis must use the same
     * @throws IllegalArgumentException where the url is of another form; the message does not repeat it
     */
    public static RedisCacheStore at(String url, Duration window) {
        return at(url, window, DEFAULT_TIMEOUT);
    }

    /**
     * The same with a time limit of its own.
     *
     * @param timeout how long to wait for a connection, and for the reply to one command
     */
    public static RedisCacheStore at(String url, Duration window, Duration timeout) {
        return at(url, window, timeout, Scripts.standard());
    }

    static RedisCacheStore at(String url, Duration window, Duration timeout, Scripts scripts) {
        return new RedisCacheStore(uri(url, timeout), window, timeout, scripts);
    }

    private static RedisURI uri(String url, Duration timeout) {
        try {
            RedisURI uri = RedisURI.create(url);
            uri.setTimeout(timeout);
            return uri;
        } catch (RuntimeException e) {
            // Its message, and its cause's, repeat the url with the password in it.
            throw new IllegalArgumentException(
                    "the Redis url is not of the form redis://[user:password@]host[:port][/database]");
        }
    }

    @Override
    public CompletionStage<Outcome> apply(List<KeyCommand> commands) {
        Sorted sorted = new Sorted(commands);
        return link.ask("apply the changes", redis -> sum(sorted.sent(redis)));
    }

    @Override
    public CompletionStage<Void> fencePattern(String glob, Fence fence, Optional<Position> position) {
        ScriptCall call = scripts.fencePattern(
                glob, fence, position.map(RedisLayout::position).orElse(""));
        return link.ask("fence a pattern", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Long> sweep(KeyScan keys, Optional<KeyScan> field) {
        return link.ask("sweep", redis -> Sweep.removing(redis, keys, field).run());
    }

    @Override
    public CompletionStage<Long> takeBack(KeyScan keys, Fence fence) {
        return link.ask("take back what was filled", redis -> {
            Function<List<String>, CompletionStage<Long>> remove =
                    batch -> link.run(redis, scripts.takeBack(batch, fence)).thenApply(answer -> answer.get(0));
            return Sweep.takingBack(redis, keys, remove).run();
        });
    }

    @Override
    public CompletionStage<Optional<String>> lease(String key, Duration life) {
        String token = UUID.randomUUID().toString();
        ScriptCall call = scripts.lease(key, token, life);
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
        ScriptCall call = scripts.fill(key, token, snapshot, value, ttl, patterns);
        return link.ask("fill a key", redis -> link.run(redis, call)).thenApply(answer -> answer.get(0) == 1);
    }

    @Override
    public CompletionStage<Void> release(String key, String token) {
        ScriptCall call = scripts.release(key, token);
        return link.ask("release a lease", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Void> publishPatterns(String pipeline, Map<String, String> globs) {
        ScriptCall call = scripts.publishPatterns(pipeline, globs);
        return link.ask("publish the patterns", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Optional<String>> unfit() {
        return link.ask("answer", redis -> redis.info())
                .thenApply(info -> ServerFitness.unfit(link.address(), info))
                .exceptionally(
                        away -> Optional.of(String.valueOf(RedisLink.cause(away).getMessage())));
    }

    @Override
    public void close() {
        link.close();
    }

    private static CompletionStage<Outcome> sum(List<CompletableFuture<Outcome>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(all -> parts.stream().map(CompletableFuture::join).reduce(Outcome.NOTHING, Outcome::and));
    }

    /** The commands of one call by the way they are sent. */
    private final class Sorted {

        private final List<KeyCommand> plain = new ArrayList<>();
        private final List<KeyCommand.Invalidate> fenced = new ArrayList<>();
        private final List<KeyCommand.Invalidate> guarded = new ArrayList<>();
        private final List<KeyCommand.Store> stores = new ArrayList<>();

        Sorted(List<KeyCommand> commands) {
            for (KeyCommand command : commands) {
                if (command instanceof KeyCommand.Invalidate invalidate) {
                    sort(invalidate);
                } else if (command instanceof KeyCommand.Store store) {
                    stores.add(store);
                }
            }
        }

        private void sort(KeyCommand.Invalidate command) {
            if (command.guard()
                    || command.position().isPresent()
                    || command.field().isPresent()) {
                guarded.add(command);
            } else if (command.fence().isNone()) {
                plain.add(command);
            } else {
                fenced.add(command);
            }
        }

        List<CompletableFuture<Outcome>> sent(RedisAsyncCommands<byte[], byte[]> redis) {
            List<CompletableFuture<Outcome>> parts = new ArrayList<>();
            inBatches(
                    plain,
                    batch -> parts.add(redis.unlink(batch.stream()
                                    .map(command -> Utf8.encode(command.key()))
                                    .toArray(byte[][]::new))
                            .thenApply(RedisCacheStore::removed)
                            .toCompletableFuture()));
            inBatches(fenced, batch -> parts.add(remove(redis, scripts.invalidate(batch))));
            inBatches(guarded, batch -> parts.add(remove(redis, scripts.remove(batch))));
            int from = 0;
            while (from < stores.size()) {
                ScriptCall call = scripts.emptyStore();
                int to = from;
                while (to < stores.size() && to - from < STORED_AT_ONCE && call.size() < STORED_BYTES_AT_ONCE) {
                    scripts.add(call, stores.get(to++));
                }
                parts.add(store(redis, call, stores.subList(from, to)));
                from = to;
            }
            return parts;
        }

        private CompletableFuture<Outcome> remove(RedisAsyncCommands<byte[], byte[]> redis, ScriptCall call) {
            return link.run(redis, call)
                    .thenApply(answer -> removed(answer.get(0)))
                    .toCompletableFuture();
        }

        private CompletableFuture<Outcome> store(
                RedisAsyncCommands<byte[], byte[]> redis, ScriptCall call, List<KeyCommand.Store> batch) {
            return link.run(redis, call)
                    .thenApply(answer -> new Outcome(
                            0,
                            answer.get(0).intValue(),
                            answer.get(1).intValue(),
                            answer.get(2).intValue()))
                    .exceptionallyCompose(failure ->
                            full(failure) ? removeInstead(redis, batch) : CompletableFuture.failedStage(failure))
                    .toCompletableFuture();
        }

        /** A full Redis refuses new values; the old ones must go all the same. */
        private CompletionStage<Outcome> removeInstead(
                RedisAsyncCommands<byte[], byte[]> redis, List<KeyCommand.Store> batch) {
            List<KeyCommand.Invalidate> removals = batch.stream()
                    .map(store -> new KeyCommand.Invalidate(
                            store.key(), store.field(), store.fence(), Optional.of(store.position()), true))
                    .toList();
            return remove(redis, scripts.remove(removals)).thenApply(removed -> new Outcome(0, 0, batch.size(), 0));
        }
    }

    private static Outcome removed(long keys) {
        return new Outcome((int) keys, 0, 0, 0);
    }

    private static boolean full(Throwable failure) {
        return RedisLink.cause(failure) instanceof RedisCommandExecutionException refused
                && String.valueOf(refused.getMessage()).startsWith("OOM");
    }

    private static <T> void inBatches(List<T> all, Consumer<List<T>> send) {
        for (int from = 0; from < all.size(); from += REMOVED_AT_ONCE) {
            send.accept(all.subList(from, Math.min(all.size(), from + REMOVED_AT_ONCE)));
        }
    }
}
