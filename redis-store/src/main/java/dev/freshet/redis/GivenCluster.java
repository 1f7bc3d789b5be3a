package dev.freshet.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An application's client of a cluster, with its options and its event loops. It stays the application's to shut down;
 * each connection made here is ours.
 */
final class GivenCluster implements Connector {

    private final RedisClusterClient client;
    private final List<RedisConnectionStateListener> listeners = new CopyOnWriteArrayList<>();
    private final ConnectThread thread = new ConnectThread();

    GivenCluster(RedisClusterClient client) {
        this.client = client;
    }

    /** The blocking call: it learns of the nodes where the client does not know them yet. */
    @Override
    public CompletionStage<StatefulConnection<byte[], byte[]>> connect() {
        return thread.connect(() -> client.connect(ByteArrayCodec.INSTANCE));
    }

    @Override
    public String address() {
        return "the client's cluster";
    }

    @Override
    public boolean cluster() {
        return true;
    }

    /**
     * Lettuce tells of single nodes' connections by the client alone, so that some of another's, and those that ask for the
     * topology, are heard of, too.
     */
    @Override
    public void whenLost(StatefulConnection<byte[], byte[]> connection, Runnable task) {
        if (listeners.isEmpty()) {
            RedisConnectionStateListener listener = new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                    task.run();
                }
            };
            listeners.add(listener);
            client.addListener(listener);
        }
    }

    @Override
    public void close() {
        listeners.forEach(client::removeListener);
        thread.close();
    }
}
