package dev.freshet.redis;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisCacheStoreContractIT extends CacheStoreContract {

    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final TestRedis redis = TestRedis.start();
    private final RedisCommands<String, String> commands = redis.text();
    private final RedisCacheStore store = RedisCacheStore.at(redis.url(), WINDOW);
    private final ReadSide readSide = new RedisReadSide(commands, store, WINDOW);

    @BeforeAll
    void warm() {
        commands.ping();
    }

    @BeforeEach
    void empty() {
        commands.flushall();
    }

    @AfterAll
    void close() {
        store.close();
        redis.close();
    }

    @Override
    protected CacheStore store() {
        return store;
    }

    @Override
    protected FillStore fills() {
        return store;
    }

    @Override
    protected ReadSide readSide() {
        return readSide;
    }
}
