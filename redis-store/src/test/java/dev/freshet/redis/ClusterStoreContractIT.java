package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The writer's store on a cluster does what it does on one server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterStoreContractIT extends CacheStoreContract {

    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final TestCluster cluster = TestCluster.start(3, 0);
    private final RedisAdvancedClusterCommands<String, String> commands = cluster.text();
    private final RedisCacheStore store = RedisCacheStore.at(cluster.url(), WINDOW);
    private final ReadSide readSide = new RedisReadSide(commands, store, WINDOW);

    @BeforeEach
    void empty() {
        commands.flushall();
    }

    @AfterAll
    void close() {
        store.close();
        cluster.close();
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

    @Test
    void itIsFitAndAUrlOfOneNodeIsToldToNameACluster() {
        assertThat(store.unfit().toCompletableFuture().join()).isEmpty();
        try (RedisCacheStore one = RedisCacheStore.at(cluster.servers().node(0).url(), WINDOW)) {
            assertThat(one.unfit().toCompletableFuture().join())
                    .hasValueSatisfying(why -> assertThat(why).contains("write redis+cluster://"));
        }
    }

    @Test
    void whatBelongsToAKeyStandsWithItWhateverItIsCalled() {
        List<String> keys = IntStream.range(0, 300)
                .mapToObj(i -> List.of("user:", "{user}:", "a}b{", "{}").get(i % 4) + i)
                .toList();
        keys.forEach(key -> readSide.put(key, "old"));

        CacheStore.Outcome outcome = store.apply(keys.stream()
                        .<KeyCommand>map(key ->
                                new KeyCommand.Invalidate(key, Optional.empty(), Fence.of(77), Optional.empty(), true))
                        .toList())
                .toCompletableFuture()
                .join();

        assertThat(outcome.removed()).isEqualTo(keys.size());
        assertThat(keys).allMatch(key -> commands.exists(RedisLayout.fence(key)) == 1);
    }

    @Test
    void manyFieldsOfOneHashAreRefreshedThoughTheyShareALease() {
        List<KeyCommand> refreshes = IntStream.range(0, 200)
                .<KeyCommand>mapToObj(i -> new KeyCommand.Store(
                        "prices",
                        Optional.of("field " + i),
                        new KeyCommand.Value.Text("new"),
                        Optional.empty(),
                        Fence.of(77),
                        new Position(1, Lsn.parse("0/1"), Lsn.parse("0/2")),
                        List.of("prices")))
                .toList();

        assertThat(store.apply(refreshes).toCompletableFuture().join()).isEqualTo(new CacheStore.Outcome(0, 200, 0, 0));
        assertThat(commands.hlen("prices")).isEqualTo(200);
        assertThat(commands.exists(RedisLayout.lease("prices"))).isZero();
    }
}
