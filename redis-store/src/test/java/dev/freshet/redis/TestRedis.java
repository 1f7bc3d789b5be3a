package dev.freshet.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import redis.embedded.RedisServer;
import redis.embedded.RedisServerBuilder;

/** A Redis of a test's own, on loopback, without persistence, with connections for the test to look through. */
final class TestRedis implements AutoCloseable {

    private final RedisServer server;
    private final int port;
    private final RedisClient client = RedisClient.create();

    private TestRedis(RedisServer server, int port) {
        this.server = server;
        this.port = port;
    }

    static TestRedis start(String... settings) {
        return startAt(freePort(), settings);
    }

    static TestRedis startAt(int port, String... settings) {
        try {
            RedisServerBuilder builder = RedisServer.builder()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("dir " + Files.createTempDirectory("freshet-redis"))
                    .setting("save \"\"")
                    .setting("enable-debug-command local");
            for (String setting : settings) {
                builder.setting(setting);
            }
            RedisServer server = builder.build();
            server.start();
            return new TestRedis(server, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    RedisCommands<String, String> text() {
        return connect(StringCodec.UTF8).sync();
    }

    RedisCommands<byte[], byte[]> bytes() {
        return connect(ByteArrayCodec.INSTANCE).sync();
    }

    private <T> StatefulRedisConnection<T, T> connect(RedisCodec<T, T> codec) {
        return client.connect(codec, io.lettuce.core.RedisURI.create(url()));
    }

    @Override
    public void close() {
        client.shutdown(java.time.Duration.ZERO, java.time.Duration.ofSeconds(1));
        server.stop();
    }
}
