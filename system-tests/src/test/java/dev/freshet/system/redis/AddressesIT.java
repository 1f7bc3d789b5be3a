package dev.freshet.system.redis;

import static org.awaitility.Awaitility.await;

import dev.freshet.stack.CertificateAuthority;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisUsers;
import dev.freshet.system.process.SetUp;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline, with the least rights, over TLS with certificates on both sides, and over a socket. */
@Tag("full")
class AddressesIT {

    private static final String PIPELINE = "addresses";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PostgresServer postgres = EmbeddedStack.shared().postgres();

    @TempDir
    private Path directory;

    @Test
    void changesArriveOverTlsAndOverASocket() throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(directory);
        CertificateAuthority.Issued own = authority.issue("own", "ip:127.0.0.1");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path socket = directory.resolve("redis.sock");
        execute("postgres", "CREATE DATABASE " + PIPELINE);
        execute(PIPELINE, "CREATE TABLE item (id int PRIMARY KEY, version int)", "INSERT INTO item VALUES (1, 1)");
        try (EmbeddedStack stack = EmbeddedStack.builder()
                        .redis(List.of(
                                "--tls-port",
                                Integer.toString(port),
                                "--tls-cert-file",
                                own.certificate().toString(),
                                "--tls-key-file",
                                own.key().toString(),
                                "--tls-ca-cert-file",
                                authority.certificate().toString(),
                                "--unixsocket",
                                socket.toString()))
                        .start();
                RedisClient client = RedisClient.create(stack.redis().url())) {
            RedisCommands<String, String> redis = client.connect().sync();
            ConfigText.write(directory, config(Map.of("url", stack.redis().url())));
            String user = PIPELINE + ":" + RedisUsers.PASSWORD + "@";
            Map<String, Object> tls = Map.of(
                    "url",
                    "rediss://" + user + "127.0.0.1:" + port,
                    "tls",
                    Map.of("ca", "authority.crt", "certificate", "own.crt", "key", "own.key"));
            for (Map<String, Object> address :
                    List.of(tls, Map.<String, Object>of("url", "redis-socket://" + user + socket))) {
                Path config = SetUp.run(postgres, PIPELINE, ConfigText.write(directory, config(address)));
                try (Freshet run = Freshet.start(directory, "run", "--config", config.toString())
                        .awaitReady(Duration.ofMinutes(3))) {
                    redis.set("item:1", "old");
                    execute(PIPELINE, "UPDATE item SET version = version + 1");
                    await(run.lastWords()).atMost(PATIENCE).until(() -> redis.exists("item:1") == 0);
                }
            }
        } finally {
            execute(
                    PIPELINE,
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                            + PIPELINE + "'");
            execute("postgres", "DROP DATABASE " + PIPELINE + " WITH (FORCE)");
        }
    }

    private Map<String, Object> config(Map<String, Object> redis) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("pipeline", PIPELINE);
        config.put("postgres", SetUp.login(postgres.jdbcUrl(PIPELINE)));
        config.put(
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        EmbeddedStack.shared().kafka().bootstrapServers(),
                        "topics",
                        Map.of("partitions", 1, "replication", 1)));
        config.put("redis", redis);
        config.put("listener", Map.of("http", "127.0.0.1:0"));
        config.put("writer", Map.of("http", "127.0.0.1:0", "fence-window", "4s"));
        config.put("caches", Map.of("item", Map.of("table", "public.item", "key", "item:{id}")));
        return config;
    }

    private void execute(String database, String... sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
