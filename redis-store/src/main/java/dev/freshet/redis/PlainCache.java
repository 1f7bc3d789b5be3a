package dev.freshet.redis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ExpireArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A cache used as applications have always used one: plain GET and SET, without leases or fences. Thread-safe. Every
 * call waits for Redis, no longer than the time given at the start, and fails with {@link CacheUnavailableException}; a
 * connection that is down fails at once instead of queueing, and mends itself.
 */
public final class PlainCache implements AutoCloseable {

    /**
     * One thing that can be stored, found and removed by itself: a key, or one field of a hash.
     *
     * @param field empty: the key as a whole
     */
    public record Entry(String key, Optional<String> field) implements Comparable<Entry> {

        public static Entry of(String key) {
            return new Entry(key, Optional.empty());
        }

        public static Entry of(String key, String field) {
            return new Entry(key, Optional.of(field));
        }

        @Override
        public int compareTo(Entry other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return field.map(name -> key + "[" + name + "]").orElse(key);
        }
    }

    private static final ScanArgs STEP = ScanArgs.Builder.limit(1_000);

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final StatefulConnection<String, String> connection;
    private final RedisClusterCommands<String, String> commands;

    private PlainCache(
            ClientResources resources,
            AbstractRedisClient client,
            StatefulConnection<String, String> connection,
            RedisClusterCommands<String, String> commands) {
        this.resources = resources;
        this.client = client;
        this.connection = connection;
        this.commands = commands;
    }

    /**
     * Connects; that alone may take longer than the timeout.
     *
     * @param url as {@code redis.url} of the configuration file
     * @param timeout of each call
     */
    public static PlainCache open(String url, Duration timeout) {
        // Lettuce's own delays grow to half a minute, and as long a Redis that is back would go unused.
        ClientResources resources = ClientResources.builder()
                .reconnectDelay(Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, MILLISECONDS))
                .build();
        return RedisClients.isCluster(RedisClients.plainly(url))
                ? openCluster(resources, url, timeout)
                : openServer(resources, url, timeout);
    }

    private static PlainCache openServer(ClientResources resources, String url, Duration timeout) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        try {
            StatefulRedisConnection<String, String> connection = client.connect(RedisURI.create(url));
            connection.setTimeout(timeout);
            return new PlainCache(resources, client, connection, connection.sync());
        } catch (RedisException e) {
            throw unreachable(client, resources, e);
        }
    }

    /** What waits for a first connection to a node would be rejected, so it waits, no longer than the time given. */
    private static PlainCache openCluster(ClientResources resources, String url, Duration timeout) {
        RedisClusterClient client =
                RedisClusterClient.create(resources, RedisClients.clusterUris(RedisClients.plainly(url), timeout));
        try {
            StatefulRedisClusterConnection<String, String> connection = client.connect();
            connection.setTimeout(timeout);
            return new PlainCache(resources, client, connection, connection.sync());
        } catch (RedisException e) {
            throw unreachable(client, resources, e);
        }
    }

    private static CacheUnavailableException unreachable(
            AbstractRedisClient client, ClientResources resources, RedisException why) {
        end(client, resources);
        return new CacheUnavailableException("Redis could not be reached", why);
    }

    public Optional<String> get(Entry entry) {
        return ask(redis -> Optional.ofNullable(
                entry.field().isPresent()
                        ? redis.hget(entry.key(), entry.field().get())
                        : redis.get(entry.key())));
    }

    /**
     * Stores the value, over whatever stood there. A hash ends as a whole, the time to live of its first field later: were it to
     * live longer with each field, one that was never removed could live for ever.
     */
    public void set(Entry entry, String value, Duration ttl) {
        ask(redis -> {
            if (entry.field().isPresent()) {
                redis.hset(entry.key(), entry.field().get(), value);
                return redis.pexpire(entry.key(), ttl, ExpireArgs.Builder.nx());
            }
            return redis.set(entry.key(), value, SetArgs.Builder.px(ttl));
        });
    }

    /** Returns whether it was there. */
    public boolean delete(Entry entry) {
        return ask(redis -> entry.field().isPresent()
                        ? redis.hdel(entry.key(), entry.field().get())
                        : redis.del(entry.key()))
                > 0;
    }

    public boolean exists(Entry entry) {
        return ask(redis -> entry.field().isPresent()
                ? redis.hexists(entry.key(), entry.field().get())
                : redis.exists(entry.key()) > 0);
    }

    /**
     * Everything stored under the wanted keys: strings, and hashes field by field; of other types, the type's name.
     * Walks the keyspace in steps, so what changes meanwhile may or may not be seen.
     */
    public Map<Entry, String> entries(Predicate<String> wanted) {
        return ask(redis -> {
            Map<Entry, String> found = new TreeMap<>();
            KeyScanCursor<String> step = redis.scan(STEP);
            read(redis, step.getKeys(), wanted, found);
            while (!step.isFinished()) {
                step = redis.scan(step, STEP);
                read(redis, step.getKeys(), wanted, found);
            }
            return found;
        });
    }

    /** All strings in one command; what has no value there is something else, or gone. */
    private static void read(
            RedisClusterCommands<String, String> redis,
            List<String> keys,
            Predicate<String> wanted,
            Map<Entry, String> found) {
        String[] asked = keys.stream().filter(wanted).toArray(String[]::new);
        if (asked.length == 0) {
            return;
        }
        for (KeyValue<String, String> told : redis.mget(asked)) {
            if (told.hasValue()) {
                found.put(Entry.of(told.getKey()), told.getValue());
            } else {
                read(redis, told.getKey(), found);
            }
        }
    }

    private static void read(RedisClusterCommands<String, String> redis, String key, Map<Entry, String> found) {
        String type = redis.type(key);
        if (type.equals("string")) {
            Optional.ofNullable(redis.get(key)).ifPresent(value -> found.put(Entry.of(key), value));
        } else if (type.equals("hash")) {
            redis.hgetall(key).forEach((field, value) -> found.put(Entry.of(key, field), value));
        } else if (!type.equals("none")) {
            found.put(Entry.of(key), type);
        }
    }

    private <T> T ask(Function<RedisClusterCommands<String, String>, T> question) {
        try {
            return question.apply(commands);
        } catch (RedisException e) {
            throw new CacheUnavailableException("Redis did not answer", e);
        }
    }

    @Override
    public void close() {
        connection.close();
        end(client, resources);
    }

    private static void end(AbstractRedisClient client, ClientResources resources) {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown(0, 2, SECONDS).awaitUninterruptibly(2, SECONDS);
    }
}
