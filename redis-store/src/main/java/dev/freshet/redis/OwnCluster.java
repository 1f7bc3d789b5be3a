package dev.freshet.redis;

import dev.freshet.model.config.RedisConfig;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A cluster's client of our own. It follows keys to where they move, and never sends again what a lost connection carried:
 * when one node's connection is lost, all of them are given up, and the next ones are made to where the slots are by then.
 */
final class OwnCluster implements Connector {

    private final RedisClusterClient client;
    private final List<RedisURI> seeds;

    OwnCluster(RedisConfig config, Duration timeout) {
        this.seeds = RedisClients.clusterUris(config, timeout);
        this.client = RedisClients.createCluster(config, timeout);
    }

    @Override
    public CompletionStage<StatefulConnection<byte[], byte[]>> connect() {
        return CompletableFuture.completedFuture(client)
                .thenCompose(RedisClusterClient::refreshPartitionsAsync)
                .thenCompose(known -> client.connectAsync(ByteArrayCodec.INSTANCE))
                .thenCompose(OwnCluster::open);
    }

    /**
     * Connects to all primaries: a command that finds no connection yet is refused. One that is away does not keep the
     * others' keys from being invalidated.
     */
    private static CompletionStage<StatefulConnection<byte[], byte[]>> open(
            StatefulRedisClusterConnection<byte[], byte[]> connection) {
        CompletableFuture<?>[] opened = connection.getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .map(node -> connection
                        .getConnectionAsync(
                                node.getUri().getHost(), node.getUri().getPort())
                        .exceptionally(away -> null))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(opened).thenApply(all -> connection);
    }

    @Override
    public String address() {
        return "the cluster at "
                + seeds.stream().map(uri -> uri.getHost() + ":" + uri.getPort()).collect(Collectors.joining(", "));
    }

    @Override
    public boolean cluster() {
        return true;
    }

    /** Whatever is no answer of Redis may be one node's lost connection, which Lettuce would keep. */
    @Override
    public boolean uselessAfter(Throwable failure) {
        return !(failure instanceof RedisCommandExecutionException);
    }

    @Override
    public void close() {
        client.shutdownAsync(0, 1, TimeUnit.SECONDS)
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(late -> null)
                .join();
    }
}
