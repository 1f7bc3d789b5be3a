package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.stack.OpenSlot;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the writer does to a cluster reaches keys that are on the move, too. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterMovesIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final String KEY = "user:1";
    private static final int SLOT = SlotTag.slot(KEY);

    private final TestCluster cluster = TestCluster.start(3, 0);
    private final RedisAdvancedClusterCommands<String, String> commands = cluster.text();
    private final RedisAdvancedClusterAsyncCommands<String, String> async = cluster.async();
    private final RedisCacheStore store = RedisCacheStore.at(cluster.url(), WINDOW);

    @BeforeEach
    void empty() {
        cluster.empty();
        cluster.servers().primaries().forEach(node -> cluster.node(node).configResetstat());
    }

    @AfterAll
    void close() {
        store.close();
        cluster.close();
    }

    private int owner() {
        return cluster.servers().primaryOf(SLOT);
    }

    private int another(int node) {
        return cluster.servers().primaries().stream()
                .filter(other -> other != node)
                .findFirst()
                .orElseThrow();
    }

    private void move(int from, int to) {
        cluster.servers().moveSlots(from, to, SLOT, SLOT);
    }

    private static KeyCommand invalidation(String key) {
        return new KeyCommand.Invalidate(key, Optional.empty(), Fence.of(77), Optional.empty(), false);
    }

    @Test
    void anInvalidationWaitsUntilAnOpenSlotHasMoved() {
        commands.set(KEY, "old");
        int from = owner();
        OpenSlot open = cluster.servers().openSlot(SLOT, from, another(from));
        open.move(List.of(KEY));

        CompletableFuture<CacheStore.Outcome> applied =
                store.apply(List.of(invalidation(KEY))).toCompletableFuture();
        await().until(() -> cluster.servers().primaries().stream()
                .anyMatch(node -> cluster.node(node).info("errorstats").contains("TRYAGAIN")));
        open.finish();

        assertThat(applied.join().removed()).isEqualTo(1);
        assertThat(commands.exists(KEY)).isZero();
        assertThat(commands.exists(RedisLayout.fence(KEY))).isEqualTo(1);
    }

    @Test
    void aSlotThatStaysOpenMakesItUnavailableAndNothingIsDoneByHalves() {
        commands.set(KEY, "old");
        int from = owner();
        OpenSlot open = cluster.servers().openSlot(SLOT, from, another(from));

        assertThatThrownBy(() -> store.apply(List.of(invalidation(KEY)))
                        .toCompletableFuture()
                        .join())
                .hasCauseInstanceOf(CacheUnavailableException.class)
                .hasMessageContaining("TRYAGAIN");
        assertThat(commands.exists(KEY)).isEqualTo(1);

        open.finish();
        assertThat(store.apply(List.of(invalidation(KEY)))
                        .toCompletableFuture()
                        .join()
                        .removed())
                .isEqualTo(1);
    }

    @Test
    void aSweepAndAPlainRemovalDoNotWaitForAnOpenSlot() {
        commands.set(KEY, "old");
        commands.set("user:{" + KEY + "}:2", "old");
        int from = owner();
        OpenSlot open = cluster.servers().openSlot(SLOT, from, another(from));
        open.move(List.of(KEY));
        try {
            store.apply(List.of(new KeyCommand.Invalidate(KEY, Optional.empty(), Fence.NONE, Optional.empty(), false)))
                    .toCompletableFuture()
                    .join();
            assertThat(sweep("user:*")).isEqualTo(1);
        } finally {
            open.finish();
        }
        assertThat(commands.exists(KEY, "user:{" + KEY + "}:2")).isZero();
    }

    /** The key moves behind the walk's back: from a primary that comes next to one that was passed. */
    @Test
    void aKeyThatMovesToWhereTheWalkHasBeenIsFound() {
        for (int turn = 0; turn < 2; turn++) {
            commands.set(KEY, "old");
            int from = owner();
            AtomicBoolean moved = new AtomicBoolean();

            Set<String> found = walk(node -> {
                if (node != from && moved.compareAndSet(false, true)) {
                    move(from, node);
                }
            });

            assertThat(moved).isTrue();
            assertThat(found).as("turn %d", turn).contains(KEY);
        }
    }

    @Test
    void aKeyOfASlotThatOpensMeanwhileIsFoundWhereItIs() {
        commands.set(KEY, "old");
        int from = owner();
        List<OpenSlot> open = new ArrayList<>();

        Set<String> found = walk(node -> {
            if (node != from && open.isEmpty()) {
                open.add(cluster.servers().openSlot(SLOT, from, node));
                open.get(0).move(List.of(KEY));
            }
        });

        open.get(0).finish();
        assertThat(found).contains(KEY);
    }

    /** Walks, and does something whenever a node was passed; returns the keys that were found. */
    private Set<String> walk(Consumer<Integer> passed) {
        Set<String> found = ConcurrentHashMap.newKeySet();
        try (RedisLink link = new RedisLink(
                RedisClients.connector(RedisClients.plainly(cluster.url()), Duration.ofSeconds(5)),
                Optional.empty(),
                Duration.ZERO,
                List.of())) {
            link.ask(
                            "walk",
                            redis -> ClusterWalk.over(
                                    redis,
                                    primary -> keys(primary)
                                            .thenCompose(keys -> primary.clusterMyId()
                                                    .thenApplyAsync(id -> {
                                                        found.addAll(keys);
                                                        passed.accept(index(id));
                                                        return (long) keys.size();
                                                    }))))
                    .join();
        }
        return found;
    }

    private int index(String id) {
        return IntStream.range(0, cluster.servers().nodes().size())
                .filter(node -> cluster.servers().id(node).equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static CompletionStage<List<String>> keys(RedisClusterAsyncCommands<byte[], byte[]> primary) {
        return primary.scan(ScanArgs.Builder.limit(10_000))
                .thenApply(KeyScanCursor::getKeys)
                .thenApply(keys -> keys.stream().map(Utf8::decode).toList());
    }

    @Test
    void sweepsFindEveryKeyWhileSlotsMove() {
        long seed = Long.getLong("freshet.seed", System.nanoTime());
        RandomGenerator random = new Random(seed);
        int from = owner();
        int to = another(from);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> moving = CompletableFuture.supplyAsync(() -> {
            int moves = 0;
            while (!over.get()) {
                // To one node only, as a reshard does: of two that take slots over in turn, both may believe that the
                // other has one.
                List<Integer> left =
                        cluster.servers().slotsOf(from).stream().boxed().toList();
                int slot = left.get(random.nextInt(left.size()));
                cluster.servers().moveSlots(from, to, slot, slot);
                moves++;
            }
            return moves;
        });
        try {
            for (int round = 0; round < 10; round++) {
                putAll("shelf:", 3_000);

                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThatCode(() -> sweep("shelf:*")).doesNotThrowAnyException());

                assertThat(commands.keys("shelf:*"))
                        .as("seed %d, round %d", seed, round)
                        .isEmpty();
            }
        } finally {
            over.set(true);
            assertThat(moving.join()).isPositive();
        }
    }

    @Test
    void aWideChangeEndsTheLeasesOfItsKeysAndNoOthers() {
        String mine = lease("user:{a}:1");
        String other = lease("book:1");

        store.fencePattern("user:*", Fence.of(77), Optional.empty())
                .toCompletableFuture()
                .join();
        sweep("user:*");

        assertThat(commands.get(RedisLayout.lease("user:{a}:1")))
                .isNotEqualTo(mine)
                .isNull();
        assertThat(commands.get(RedisLayout.lease("book:1"))).isEqualTo(other);
    }

    /** The pattern's entry was looked at, the wide change came, and only then the value is stored. */
    @Test
    void aRefreshWhoseLeaseAWideChangeEndedIsRemovedInstead() {
        Scripts scripts = Scripts.standard();
        Script store = scripts.get(Scripts.LEASED_STORE);
        Script late = Script.of(
                Scripts.LEASED_STORE,
                store.text().replace("local overtaken,", "call('UNLINK', KEYS[2])\nlocal overtaken,"));
        assertThat(late.text()).isNotEqualTo(store.text());
        KeyCommand refresh = new KeyCommand.Store(
                KEY,
                Optional.empty(),
                new KeyCommand.Value.Text("new"),
                Optional.empty(),
                Fence.of(77),
                new Position(1, Lsn.parse("0/1"), Lsn.parse("0/2")),
                List.of("user:*"));
        try (RedisCacheStore overtaken =
                RedisCacheStore.at(cluster.url(), WINDOW, Duration.ofSeconds(5), scripts.with(late))) {
            assertThat(overtaken.apply(List.of(refresh)).toCompletableFuture().join())
                    .isEqualTo(new CacheStore.Outcome(0, 0, 1, 0));
        }
        assertThat(commands.exists(KEY)).isZero();
        empty();
        assertThat(this.store.apply(List.of(refresh)).toCompletableFuture().join())
                .isEqualTo(new CacheStore.Outcome(0, 1, 0, 0));
    }

    private void putAll(String prefix, int count) {
        RedisFuture<?>[] sent = IntStream.range(0, count)
                .mapToObj(i -> async.set(prefix + i, "old"))
                .toArray(RedisFuture[]::new);
        assertThat(LettuceFutures.awaitAll(Duration.ofSeconds(20), sent)).isTrue();
    }

    private String lease(String key) {
        return store.lease(key, Duration.ofSeconds(15))
                .toCompletableFuture()
                .join()
                .orElseThrow();
    }

    private long sweep(String glob) {
        return store.sweep(KeyScan.ofGlob(glob), Optional.empty())
                .toCompletableFuture()
                .join();
    }

    @Test
    void tagsAreInvalidatedInEverySlot() {
        putAll("card:", 2_500);
        double later = System.currentTimeMillis() + 3_600_000.0;
        for (int i = 0; i < 2_500; i++) {
            commands.zadd(RedisLayout.tag("genre:1"), later, "card:" + i);
        }

        assertThat(store.invalidateTag("genre:1", Fence.of(77))
                        .toCompletableFuture()
                        .join())
                .isEqualTo(2_500);
        assertThat(commands.keys("card:*")).isEmpty();
    }
}
