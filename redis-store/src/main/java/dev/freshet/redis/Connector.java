package dev.freshet.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.CompletionStage;

/** Opens connections to one Redis. Thread-safe. */
interface Connector extends AutoCloseable {

    CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect();

    /** Where Redis is, for people, without credentials. */
    String address();

    @Override
    void close();
}
