package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.client.Source.Book;
import dev.freshet.model.Watermark;
import dev.freshet.redis.Marker;
import dev.freshet.redis.MarkerStore;
import dev.freshet.stack.RedisCluster;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same on a cluster of three primaries. */
@Tag("full")
class ClusterFreshCacheIT extends FreshCacheIT {

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(3, 0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    RedisAtHand atHand() {
        return RedisAtHand.cluster(cluster.url(), node());
    }

    private static String node() {
        return cluster.node(0).url();
    }

    @Override
    @Test
    void aHitCostsOneGet() throws Exception {
        RedisAdvancedClusterCommands<String, String> nodes = (RedisAdvancedClusterCommands<String, String>) redis;
        read(1);
        nodes.upstream().commands().configResetstat();
        for (int i = 0; i < 10; i++) {
            read(1);
        }
        List<String> counted = nodes.upstream().commands().info("commandstats").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("cmdstat_get:") || line.startsWith("cmdstat_evalsha"))
                .toList();
        assertThat(counted).hasSize(1).first().asString().startsWith("cmdstat_get:calls=10,");
    }

    /** As the writer does it: the watermark stands on each primary, and is left anew where slots have moved. */
    private void applied(WriteToken token) {
        Marker before = join(writer.marker("shop"));
        assertThat(join(writer.mark("shop", before, Map.of("t/0", "id:5"), MarkerStore.Replicas.NONE)))
                .isEqualTo(MarkerStore.Marked.DONE);
        assertThat(join(writer.moveWatermark(
                        "shop", new Watermark(token.position(), Instant.now()), Map.of("t/0", 5L))))
                .isTrue();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Set<Outcome> readAll(ReadOptions options) throws Exception {
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        for (long id = 1; id <= 12; id++) {
            String key = "book:" + id;
            outcomes.add(cache.read(key, ValueType.of(Book.class), source.book(id), options)
                    .outcome());
        }
        outcomes.addAll(cache
                .readAll(
                        LongStream.rangeClosed(1, 12)
                                .mapToObj(id -> "book:" + id)
                                .toList(),
                        ValueType.of(Book.class),
                        keys -> {
                            throw new IllegalStateException("loads " + keys);
                        },
                        ReadOptions.defaults())
                .values()
                .stream()
                .map(Answer::outcome)
                .toList());
        return outcomes;
    }

    @Test
    void eachPrimaryTellsHowFreshItsKeysAre() throws Exception {
        for (long id = 3; id <= 12; id++) {
            source.execute("INSERT INTO books VALUES (" + id + ", 'book')");
        }
        WriteToken token = WriteToken.parse("7:1:0/20");
        ReadOptions demanding = ReadOptions.defaults().notOlderThan(token);
        for (long id = 1; id <= 12; id++) {
            read(id);
        }
        assertThat(readAll(demanding)).containsExactlyInAnyOrder(Outcome.BYPASSED_TOKEN, Outcome.HIT);

        applied(token);
        assertThat(readAll(demanding)).containsExactly(Outcome.HIT);
        assertThat(readAll(ReadOptions.defaults().withMaxStaleness(Duration.ofMinutes(1))))
                .containsExactly(Outcome.HIT);

        // The marker and the watermark of the first primary go with it.
        cluster.moveSlots(0, 1, 0, 0);
        try {
            await().until(() -> {
                applied(token);
                return readAll(demanding).equals(Set.of(Outcome.HIT));
            });
        } finally {
            cluster.moveSlots(1, 0, 0, 0);
        }
    }

    @Test
    void aNearCacheIsRefused() {
        RedisClusterClient client = RedisClusterClient.create(node());
        try {
            FreshCache.Builder builder =
                    FreshCache.builder(client, Optional::empty).nearCache(1000, Duration.ofMinutes(1));
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("go without a near cache");
        } finally {
            client.shutdown();
        }
    }
}
