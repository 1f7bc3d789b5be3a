package dev.freshet.system.redis;

import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two Redis servers, one the other's replica, and three sentinels that watch them: five processes. One thread. */
final class Sentinels implements AutoCloseable {

    static final String NAME = "main";

    private static final int SENTINELS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** After so long without an answer a server counts as down. */
    private static final String DOWN_AFTER_MILLIS = "1000";

    private final RedisClient client = RedisClient.create();
    private final List<EmbeddedStack> servers = new ArrayList<>();
    private final List<EmbeddedStack> sentinels = new ArrayList<>();

    Sentinels(Path directory) throws IOException {
        servers.add(server(directory.resolve("one.acl"), List.of()));
        servers.add(server(
                directory.resolve("two.acl"), List.of("--replicaof", "127.0.0.1", Integer.toString(first().port()))));
        await().atMost(PATIENCE).until(() -> to(second()).info("replication").contains("master_link_status:up"));
        IntStream.range(0, SENTINELS)
                .forEach(sentinel -> sentinels.add(EmbeddedStack.builder()
                        .redis(List.of("--appendonly", "no", "--sentinel"))
                        .start()));
        for (EmbeddedStack sentinel : sentinels) {
            RedisSentinelCommands<String, String> commands = to(sentinel);
            commands.monitor(NAME, "127.0.0.1", first().port(), SENTINELS / 2 + 1);
            commands.set(NAME, "down-after-milliseconds", DOWN_AFTER_MILLIS);
            commands.set(NAME, "failover-timeout", "5000");
        }
        await("the sentinels know each other")
                .atMost(PATIENCE)
                .until(() -> sentinels.stream().allMatch(this::knowsAll));
    }

    /** A server that keeps its users when it is killed, but no data. */
    private static EmbeddedStack server(Path users, List<String> more) throws IOException {
        Files.writeString(
                users, "user default on nopass ~* &* +@all\nuser follower on >follows +psync +replconf +ping\n");
        List<String> arguments = new ArrayList<>(List.of(
                "--appendonly",
                "no",
                "--aclfile",
                users.toString(),
                "--masteruser",
                "follower",
                "--masterauth",
                "follows"));
        arguments.addAll(List.of("--repl-diskless-sync-delay", "0"));
        arguments.addAll(more);
        return EmbeddedStack.builder().redis(arguments).start();
    }

    private boolean knowsAll(EmbeddedStack sentinel) {
        Map<String, String> known = to(sentinel).master(NAME);
        return "1".equals(known.get("num-slaves"))
                && Integer.toString(SENTINELS - 1).equals(known.get("num-other-sentinels"));
    }

    RedisServer first() {
        return servers.get(0).redis();
    }

    RedisServer second() {
        return servers.get(1).redis();
    }

    /** As clients name it, with a user. */
    String url(String user, String password) {
        String hosts =
                sentinels.stream().map(sentinel -> sentinel.redis().address()).collect(Collectors.joining(","));
        return "redis-sentinel://" + user + ":" + password + "@" + hosts + "/0#" + NAME;
    }

    /** Where the first sentinel says that the primary is. */
    int primaryPort() {
        InetSocketAddress address = (InetSocketAddress) to(sentinels.get(0)).getMasterAddrByName(NAME);
        return address.getPort();
    }

    /** Hands over in good order. */
    void failOver() {
        to(sentinels.get(0)).failover(NAME);
    }

    RedisCommands<String, String> to(RedisServer server) {
        return client.connect(RedisURI.create(server.url())).sync();
    }

    private RedisSentinelCommands<String, String> to(EmbeddedStack sentinel) {
        return client.connectSentinel(RedisURI.create(sentinel.redis().url())).sync();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        sentinels.forEach(EmbeddedStack::close);
        servers.forEach(EmbeddedStack::close);
    }
}
