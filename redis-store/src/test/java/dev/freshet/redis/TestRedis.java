package dev.freshet.redis;

import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A Redis of a test's own, with settings of its own, and connections for the test to look through. */
final class TestRedis implements AutoCloseable {

    private final EmbeddedStack stack;
    private final RedisClient client = RedisClient.create();

    private TestRedis(EmbeddedStack stack) {
        this.stack = stack;
    }

    /** @param settings as on redis-server's command line */
    static TestRedis start(String... settings) {
        List<String> arguments = Stream.concat(Stream.of("--appendonly", "no"), Stream.of(settings))
                .toList();
        return new TestRedis(EmbeddedStack.builder().redis(arguments).start());
    }

    String url() {
        return stack.redis().url();
    }

    int port() {
        return stack.redis().port();
    }

    void kill() {
        stack.redis().kill();
        // The process's end is noticed a little after it, and until then starting does nothing.
        await().until(() -> stack.redis().pid() == 0);
    }

    void startAgain() {
        stack.redis().start();
    }

    RedisCommands<String, String> text() {
        return client.connect(StringCodec.UTF8, RedisURI.create(url())).sync();
    }

    RedisCommands<byte[], byte[]> bytes() {
        return client.connect(ByteArrayCodec.INSTANCE, RedisURI.create(url())).sync();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        stack.close();
    }
}
