package dev.freshet.client;

import dev.freshet.redis.ReadStore;
import dev.freshet.redis.RedisReadStore;
import dev.freshet.redis.RedisTracking;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.function.Supplier;

/** What an application's client leads to: one server, or a cluster. */
interface Redis {

    ReadStore store(RedisReadStore.Settings settings, Runnable lost);

    /** @throws IllegalStateException where a near cache cannot be had */
    RedisTracking<NearCache> track(Duration timeout, Supplier<NearCache> nears);

    static Redis of(RedisClient client) {
        return new Redis() {
            @Override
            public ReadStore store(RedisReadStore.Settings settings, Runnable lost) {
                return RedisReadStore.over(client, settings, lost);
            }

            @Override
            public RedisTracking<NearCache> track(Duration timeout, Supplier<NearCache> nears) {
                return RedisTracking.start(client, timeout, nears);
            }
        };
    }

    static Redis of(RedisClusterClient client) {
        return new Redis() {
            @Override
            public ReadStore store(RedisReadStore.Settings settings, Runnable lost) {
                return RedisReadStore.over(client, settings, lost);
            }

            @Override
            public RedisTracking<NearCache> track(Duration timeout, Supplier<NearCache> nears) {
                throw RedisTracking.notOnACluster();
            }
        };
    }
}
