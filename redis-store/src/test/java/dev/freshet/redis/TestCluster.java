package dev.freshet.redis;

import dev.freshet.stack.RedisCluster;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Redis Cluster of a test's own, and connections for the test to look through. */
final class TestCluster implements AutoCloseable {

    private final RedisCluster cluster;
    private final RedisClusterClient client;
    private final RedisClient single = RedisClient.create();
    private final List<StatefulConnection<?, ?>> connections = new ArrayList<>();

    private TestCluster(RedisCluster cluster) {
        this.cluster = cluster;
        this.client = RedisClusterClient.create(cluster.nodes().stream()
                .map(node -> RedisURI.create(node.url()))
                .toList());
        client.setOptions(ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(100))
                        .build())
                .build());
    }

    static TestCluster start(int primaries, int replicasEach) {
        return new TestCluster(RedisCluster.start(primaries, replicasEach));
    }

    RedisCluster servers() {
        return cluster;
    }

    String url() {
        return cluster.url();
    }

    RedisAdvancedClusterCommands<String, String> text() {
        return connected().sync();
    }

    /** The same without waiting. */
    RedisAdvancedClusterAsyncCommands<String, String> async() {
        return connected().async();
    }

    private StatefulRedisClusterConnection<String, String> connected() {
        StatefulRedisClusterConnection<String, String> connection = client.connect();
        connections.add(connection);
        return connection;
    }

    /** One node, as it is. */
    RedisCommands<String, String> node(int node) {
        return single.connect(RedisURI.create(cluster.node(node).url())).sync();
    }

    void empty() {
        cluster.primaries().forEach(node -> node(node).flushall());
    }

    @Override
    public void close() {
        connections.forEach(StatefulConnection::close);
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        single.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        cluster.close();
    }
}
