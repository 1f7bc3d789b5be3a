package dev.freshet.redis.interleaving;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.ReadStore;
import dev.freshet.redis.RedisLayout;
import dev.freshet.redis.SteppedTags;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The real Redis, through the real stores, for many worlds at once: what they do within one step is sent together, and
 * done when {@link #settle} returns. Confined to one thread.
 */
final class Cache {

    /** So long that the time that a test takes does not count. */
    static final Duration WINDOW = Duration.ofHours(8);

    /** Lets time pass for keys: their remaining lives become shorter, and so do the deadlines that they hold. */
    private static final String AGE = """
            local by = tonumber(ARGV[1])
            for _, key in ipairs(KEYS) do
              local left = redis.call('PTTL', key)
              if left >= 0 and left <= by then
                redis.call('DEL', key)
              elseif left >= 0 then
                redis.call('PEXPIRE', key, left - by)
                local type = redis.call('TYPE', key).ok
                if type == 'zset' and string.find(key, 'freshet:tag:', 1, true) == 1 then
                  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
                    redis.call('ZINCRBY', key, -by, member)
                  end
                elseif type == 'zset' then
                  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
                    local deadline = string.match(member, '^all:(%d+)$')
                    if deadline then
                      redis.call('ZREM', key, member)
                      redis.call('ZADD', key, '+inf', string.format('all:%.0f', deadline - by))
                    end
                  end
                elseif type == 'hash' then
                  local deadline = redis.call('HGET', key, 'u')
                  if deadline then
                    redis.call('HSET', key, 'u', string.format('%.0f', deadline - by))
                  end
                end
              end
            end
            """;

    private static final int KEYS_AT_ONCE = 1000;
    private static final String COPY = "copy:";

    private final Stores stores;
    private final RedisAsyncCommands<String, String> redis;
    private final List<KeyCommand> commands = new ArrayList<>();
    private final List<CompletionStage<?>> sent = new ArrayList<>();
    private final List<Runnable> heard = new ArrayList<>();
    private boolean published;
    private long version;

    Cache(Stores stores, RedisAsyncCommands<String, String> redis) {
        this.stores = stores;
        this.redis = redis;
    }

    static Duration quarters(int quarters) {
        return WINDOW.multipliedBy(quarters).dividedBy(4);
    }

    // ------------------------------------------------------------ the store

    void apply(KeyCommand command) {
        commands.add(command);
    }

    void lease(String key, Duration life, Consumer<Optional<String>> granted) {
        sent.add(stores.writers().lease(key, life).thenAccept(granted));
    }

    void fill(
            String key,
            String token,
            Snapshot snapshot,
            String value,
            List<String> patterns,
            Consumer<Boolean> stored) {
        sent.add(stores.writers()
                .fill(key, token, snapshot, new KeyCommand.Value.Text(value), Optional.empty(), patterns)
                .thenAccept(stored));
    }

    void fencePattern(String glob, Fence fence, Optional<Position> position) {
        sent.add(stores.writers().fencePattern(glob, fence, position));
    }

    void sweep(String glob) {
        sent.add(stores.writers().sweep(KeyScan.ofGlob(glob), Optional.empty()));
    }

    void takeBack(String glob, Fence fence) {
        sent.add(stores.writers().takeBack(KeyScan.ofGlob(glob), fence));
    }

    void publish(String glob) {
        published = true;
        sent.add(stores.writers().publishPatterns(glob, Map.of("cache", glob), Map.of()));
    }

    SteppedTags.Invalidation invalidation(String tag, Fence fence) {
        return stores.tags().invalidation(tag, fence);
    }

    void await(CompletionStage<?> stage) {
        sent.add(stage);
    }

    // ------------------------------------------------------------ the readers' store

    void lease(String key, Consumer<ReadStore.Ticket> told) {
        sent.add(stores.readers().lease(key).thenAccept(told));
    }

    void fill(ReadStore.Fill fill, String value, Consumer<ReadStore.Filled> told) {
        sent.add(stores.readers()
                .fill(fill, value.getBytes(StandardCharsets.UTF_8))
                .thenAccept(told));
    }

    /** By somebody of whom it is of no interest whether he is refused. */
    void fillAtOnce(String key, String snapshot, Duration ttl, List<String> tags) {
        ReadStore readers = stores.readers();
        sent.add(readers.lease(key)
                .thenCompose(ticket -> ticket instanceof ReadStore.Ticket.Granted granted
                        ? readers.fill(
                                new ReadStore.Fill(key, granted.token(), Snapshot.parse(snapshot), ttl, tags),
                                new byte[0])
                        : CompletableFuture.completedStage(ReadStore.Filled.LEASE_GONE)));
    }

    void release(String key, String token) {
        sent.add(stores.readers().release(key, token));
    }

    /** What is to be done where nobody has woken the one that waits. */
    void beWoken(String key, ReadStore.Ticket.Waiting waiting, Runnable otherwise) {
        heard.add(() -> {
            if (!waiting.woken().isDone()) {
                stores.readers().stopWaiting(key, waiting);
                otherwise.run();
            }
        });
    }

    void drop(String key) {
        sent.add(stores.readers().drop(List.of(key)));
    }

    void dropTag(String tag, String snapshot) {
        sent.add(stores.readers().dropTag(tag, Snapshot.parse(snapshot)));
    }

    // ------------------------------------------------------------ what else happens in Redis

    /** A plain SET, as by somebody who knows of no protocol. */
    void put(String key, String value) {
        sent.add(redis.set(key, value));
    }

    void remove(List<String> keys) {
        sent.add(redis.del(keys.toArray(String[]::new)));
    }

    void takeOut(String set, String member) {
        sent.add(redis.zrem(set, member));
    }

    void age(List<String> keys, int quarters) {
        sent.add(redis.eval(
                AGE,
                ScriptOutputType.STATUS,
                keys.toArray(String[]::new),
                Long.toString(quarters(quarters).toMillis())));
    }

    void copy(List<String> keys) {
        keys.forEach(key -> sent.add(redis.copy(key, COPY + key)));
    }

    void putBack(List<String> keys) {
        remove(keys);
        keys.forEach(key -> sent.add(redis.copy(COPY + key, key)));
    }

    // ------------------------------------------------------------ all at once

    void settle() {
        if (!commands.isEmpty()) {
            sent.add(stores.writers().apply(List.copyOf(commands)));
            commands.clear();
        }
        sent.forEach(stage -> stage.toCompletableFuture().join());
        sent.clear();
        if (!heard.isEmpty()) {
            stores.awaitHeard();
            heard.forEach(Runnable::run);
            heard.clear();
        }
    }

    /** What a plain GET of each key returns. */
    List<Optional<String>> values(List<String> keys) {
        List<CompletionStage<List<KeyValue<String, String>>>> asked = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            asked.add(redis.mget(keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE))
                    .toArray(String[]::new)));
        }
        return asked.stream()
                .flatMap(answer -> answer.toCompletableFuture().join().stream())
                .map(KeyValue::optional)
                .toList();
    }

    void empty() {
        redis.flushall().toCompletableFuture().join();
        if (published) {
            published = false;
            // Counted anew, a version could be one that readers know.
            version += 1_000_000;
            redis.hset(RedisLayout.patternsIndex(), "version", Long.toString(version))
                    .toCompletableFuture()
                    .join();
            fillAtOnce("any", "1:1:", WINDOW, List.of());
            settle();
        }
    }
}
