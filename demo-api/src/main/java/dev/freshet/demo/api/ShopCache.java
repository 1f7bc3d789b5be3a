package dev.freshet.demo.api;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.freshet.client.Answer;
import dev.freshet.client.FreshCache;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.SnapshotSource;
import dev.freshet.client.ValueType;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The shop's answers in Redis, read and filled by Freshet's rules. Thread-safe. */
final class ShopCache implements AutoCloseable {

    private static final ValueType<String> JSON = ValueType.of(String.class);

    /** The ttl is the safety net. What is not there is not cached: made-up ids would fill Redis. */
    private static final ReadOptions OPTIONS =
            ReadOptions.defaults().withTtl(Duration.ofMinutes(10)).withNegativeTtl(Duration.ZERO);

    /** Fewer than the pool has connections: the snapshots that loads need come from there too. */
    private static final int LOADS = 6;

    private final ClientResources resources;
    private final RedisClient client;
    private final FreshCache cache;

    private ShopCache(ClientResources resources, RedisClient client, FreshCache cache) {
        this.resources = resources;
        this.client = client;
        this.cache = cache;
    }

    /**
     * Connects in the background: until Redis answers, reads go to the database.
     *
     * @param pipeline whose watermark tells how fresh the cache is
     */
    static ShopCache open(String redis, DataSource database, String pipeline) {
        // Lettuce's own delays grow to half a minute, and as long a Redis that is back would go unused.
        ClientResources resources = ClientResources.builder()
                .reconnectDelay(Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, MILLISECONDS))
                .build();
        RedisClient client = RedisClient.create(resources, RedisURI.create(redis));
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        FreshCache cache = FreshCache.builder(client, SnapshotSource.of(database))
                .codec(new JsonText())
                .pipeline(pipeline)
                .name("shop")
                .maxConcurrentLoads(LOADS)
                .build();
        return new ShopCache(resources, client, cache);
    }

    /** @param tags under which the key is filed, beyond what its name tells */
    Optional<Served> read(String key, Demand demand, Supplier<Optional<String>> load, String... tags) {
        Answer<String> found = cache.read(key, JSON, load::get, demand.on(OPTIONS.tagged(tags)));
        return found.value().map(json -> new Served(json, Source.of(found.outcome()), found.staleness()));
    }

    /** Fills all these keys that are missing, with one load. */
    void fill(Collection<String> keys, Function<Collection<String>, Map<String, String>> load) {
        cache.getAll(keys, JSON, load::apply, OPTIONS);
    }

    void remove(String key) {
        cache.invalidate(key);
    }

    @Override
    public void close() {
        cache.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown(0, 2, SECONDS).awaitUninterruptibly(2, SECONDS);
    }
}
