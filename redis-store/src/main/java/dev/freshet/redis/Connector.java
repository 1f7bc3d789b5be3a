package dev.freshet.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;

/** Opens connections to one Redis: a server, or all nodes of a cluster. Thread-safe. */
interface Connector extends AutoCloseable {

    /** To a server, or one that leads each command to the node that owns its key. */
    CompletionStage<StatefulConnection<byte[], byte[]>> connect();

    /** Where Redis is, for people, without credentials. */
    String address();

    /** Whether it is a cluster. */
    default boolean cluster() {
        return false;
    }

    /** Whether a connection that failed so is to be replaced, though it looks usable. */
    default boolean uselessAfter(Throwable failure) {
        return false;
    }

    /** Has the task run whenever the connection, or one of those that it consists of, is lost; it must not block. */
    default void whenLost(StatefulConnection<byte[], byte[]> connection, Runnable task) {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                task.run();
            }
        });
    }

    @Override
    void close();

    /** What a connection of either kind is asked with. */
    static RedisClusterAsyncCommands<byte[], byte[]> commands(StatefulConnection<byte[], byte[]> connection) {
        return connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster
                ? cluster.async()
                : ((StatefulRedisConnection<byte[], byte[]>) connection).async();
    }

    /** The connection to a cluster that these commands go over. */
    @SuppressWarnings("deprecation") // there is no other way from the one to the other, nor a date for its end
    static StatefulRedisClusterConnection<byte[], byte[]> clusterOf(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return ((RedisAdvancedClusterAsyncCommands<byte[], byte[]>) redis).getStatefulConnection();
    }
}
