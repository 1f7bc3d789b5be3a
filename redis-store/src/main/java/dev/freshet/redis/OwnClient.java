package dev.freshet.redis;

import dev.freshet.model.config.RedisConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A client of our own, which never sends again what a lost connection carried. */
final class OwnClient implements Connector {

    private final RedisClient client;
    private final RedisURI uri;

    OwnClient(RedisConfig config, Duration timeout) {
        this.uri = RedisClients.uri(config, timeout);
        this.client = RedisClients.create(config, timeout);
    }

    @Override
    public CompletionStage<StatefulConnection<byte[], byte[]>> connect() {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri).thenApply(connected -> connected);
    }

    @Override
    public String address() {
        if (uri.getSentinels().isEmpty()) {
            return uri.getSocket() != null ? uri.getSocket() : uri.getHost() + ":" + uri.getPort();
        }
        return "master " + uri.getSentinelMasterId() + " of the sentinel at "
                + uri.getSentinels().get(0).getHost() + ":"
                + uri.getSentinels().get(0).getPort();
    }

    @Override
    public void close() {
        client.shutdownAsync(0, 1, TimeUnit.SECONDS)
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(late -> null)
                .join();
    }
}
