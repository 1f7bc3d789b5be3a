package dev.freshet.system.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.client.FreshCache;
import dev.freshet.client.SnapshotSource;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.Freshet;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** A Redis Cluster of three primaries is refused, and nobody can fill a key there, whichever primary owns it. */
@Tag("full")
class ClusterIT {

    private static final int PRIMARIES = 3;
    private static final int KEYS = 2_000;

    private static final List<EmbeddedStack> NODES = new ArrayList<>();
    private static final RedisClient CLIENT = RedisClient.create();

    @BeforeAll
    static void start() {
        for (int i = 0; i < PRIMARIES; i++) {
            NODES.add(EmbeddedStack.builder()
                    .redis(List.of("--appendonly", "no", "--cluster-enabled", "yes"))
                    .start());
            int first = SlotHash.SLOT_COUNT * i / PRIMARIES;
            int last = SlotHash.SLOT_COUNT * (i + 1) / PRIMARIES - 1;
            node(i).clusterAddSlots(IntStream.rangeClosed(first, last).toArray());
            node(i).clusterMeet("127.0.0.1", NODES.get(0).redis().port());
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> IntStream.range(0, PRIMARIES)
                        .allMatch(i -> node(i).clusterInfo().contains("cluster_state:ok")
                                && node(i).clusterInfo().contains("cluster_known_nodes:" + PRIMARIES)));
    }

    @AfterAll
    static void end() {
        CLIENT.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        NODES.forEach(EmbeddedStack::close);
    }

    private static RedisCommands<String, String> node(int i) {
        return CLIENT.connect(RedisURI.create(NODES.get(i).redis().url())).sync();
    }

    @Test
    void thePipelineDoesNotStart(@TempDir Path directory) throws Exception {
        for (String url : List.of(
                NODES.get(0).redis().url(), NODES.get(0).redis().url().replace("redis://", "redis+cluster://"))) {
            PostgresServer postgres = EmbeddedStack.shared().postgres();
            Path config = Files.writeString(directory.resolve("freshet.yml"), """
                    pipeline: clustered
                    postgres: { url: "%s", user: "%s", password: "%s" }
                    kafka: { bootstrap-servers: "%s", topics: { replication: 1 } }
                    redis: { url: "%s" }
                    caches: { thing: { table: public.thing, key: "thing:{id}" } }
                    """.formatted(
                            postgres.jdbcUrl("postgres"),
                            postgres.user(),
                            postgres.password(),
                            EmbeddedStack.shared().kafka().bootstrapServers(),
                            url));
            try (Freshet writer = Freshet.start(directory, "writer", "--config", config.toString())) {
                assertThat(writer.exitCode(Duration.ofSeconds(60)))
                        .as(writer.lastWords())
                        .isEqualTo(2);
                assertThat(String.join("\n", writer.errors()))
                        .contains("cluster")
                        .contains("name a s");
            }
        }
    }

    @Test
    void readsAreAnsweredAndNothingIsStored() throws Exception {
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl("postgres"));
        source.setUser(postgres.user());
        source.setPassword(postgres.password());
        TreeSet<Integer> owners = new TreeSet<>();
        for (int i = 0; i < PRIMARIES; i++) {
            try (RedisClient client = RedisClient.create(NODES.get(i).redis().url());
                    FreshCache cache = FreshCache.builder(client, SnapshotSource.of(source))
                            .build()) {
                for (int key = 0; key < KEYS; key++) {
                    String name = "thing:" + key;
                    owners.add(SlotHash.getSlot(name) * PRIMARIES / SlotHash.SLOT_COUNT);
                    assertThat(cache.get(name, String.class, () -> Optional.of("loaded")))
                            .contains("loaded");
                }
            }
        }

        assertThat(owners).hasSize(PRIMARIES);
        for (int i = 0; i < PRIMARIES; i++) {
            assertThat(node(i).keys("thing:*")).isEmpty();
        }
    }
}
