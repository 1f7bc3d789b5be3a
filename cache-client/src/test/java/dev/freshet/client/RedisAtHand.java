package dev.freshet.client;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

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
        return of(
                url,
                () -> client.connect().sync(),
                snapshots -> FreshCache.builder(client, snapshots),
                client::shutdown);
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
        return of(
                url,
                () -> client.connect().sync(),
                snapshots -> FreshCache.builder(client, snapshots),
                client::shutdown);
    }

    private static RedisAtHand of(
            String url,
            Supplier<RedisClusterCommands<String, String>> connect,
            Function<SnapshotSource, FreshCache.Builder> builder,
            Runnable close) {
        return new RedisAtHand() {
            @Override
            public String url() {
                return url;
            }

            @Override
            public RedisClusterCommands<String, String> commands() {
                return connect.get();
            }

            @Override
            public FreshCache.Builder cache(SnapshotSource snapshots) {
                return builder.apply(snapshots);
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }
}
