package dev.freshet.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.concurrent.CompletionStage;

/**
 * An application's client, with its address, its options and its event loops. It stays the application's to shut down;
 * each connection made here is ours.
 */
final class GivenClient implements Connector {

    private final RedisClient client;
    private final ConnectThread thread = new ConnectThread();

    GivenClient(RedisClient client) {
        this.client = client;
    }

    /** Only the blocking call uses the address that the client was made with. */
    @Override
    public CompletionStage<StatefulConnection<byte[], byte[]>> connect() {
        return thread.connect(() -> client.connect(ByteArrayCodec.INSTANCE));
    }

    @Override
    public String address() {
        return "the client's address";
    }

    @Override
    public void close() {
        thread.close();
    }
}
