package dev.freshet.client;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;

/** A Redis that stands, with a client of a test's own. */
interface RedisAtHand extends AutoCloseable {

    /** As a configuration file names it. */
    String url();

    RedisClusterCommands<String, String> commands();

    FreshCache.Builder cache(SnapshotSource snapshots);

    @Override
    void close();

    static RedisAtHand server(String url) {
        RedisClient client = RedisClient.create(url);
        return new RedisAtHand() {
            @Override
            public String url() {
                return url;
            }

            @Override
            public RedisClusterCommands<String, String> commands() {
                return client.connect().sync();
            }

            @Override
            public FreshCache.Builder cache(SnapshotSource snapshots) {
                return FreshCache.builder(client, snapshots);
            }

            @Override
            public void close() {
                client.shutdown();
            }
        };
    }

    /**
     * A cluster.
     *
     * @param node the url of one node
     */
    static RedisAtHand cluster(String url, String node) {
        RedisClusterClient client = RedisClusterClient.create(node);
        client.setOptions(ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(100))
                        .build())
                .build());
        return new RedisAtHand() {
            @Override
            public String url() {
                return url;
            }

            @Override
            public RedisClusterCommands<String, String> commands() {
                return client.connect().sync();
            }

            @Override
            public FreshCache.Builder cache(SnapshotSource snapshots) {
                return FreshCache.builder(client, snapshots);
            }

            @Override
            public void close() {
                client.shutdown();
            }
        };
    }
}
