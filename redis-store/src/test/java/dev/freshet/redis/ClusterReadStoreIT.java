package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.KeyScan;
import dev.freshet.model.LogPosition;
import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import dev.freshet.redis.ReadStore.Attested;
import dev.freshet.redis.ReadStore.Fill;
import dev.freshet.redis.ReadStore.Filled;
import dev.freshet.redis.ReadStore.Ticket;
import dev.freshet.stack.RedisCluster;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What readers do on a cluster of three primaries, where what a fill depends on stands at several of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterReadStoreIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final RedisReadStore.Settings SETTINGS =
            new RedisReadStore.Settings(WINDOW, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));
    private static final Snapshot BEFORE_77 = Snapshot.parse("77:77:");
    private static final Snapshot AFTER_77 = Snapshot.parse("100:100:");
    private static final byte[] VALUE = "v".getBytes(StandardCharsets.UTF_8);
    private static final String PIPELINE = "shop";

    private final RedisCluster cluster = RedisCluster.start(3, 0);
    private final RedisClusterClient client = client(cluster);
    private final RedisAdvancedClusterCommands<String, String> redis =
            client.connect().sync();
    private final RedisReadStore one = RedisReadStore.over(client, SETTINGS, () -> {});
    private final RedisReadStore other = RedisReadStore.over(client, SETTINGS, () -> {});
    private final RedisCacheStore writer = RedisCacheStore.at(cluster.url(), WINDOW);
    private final long seed = new Random().nextLong();

    static RedisClusterClient client(RedisCluster cluster) {
        RedisClusterClient client = RedisClusterClient.create(
                RedisURI.create("redis://" + cluster.node(0).address()));
        client.setOptions(ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(100))
                        .build())
                .build());
        return client;
    }

    @BeforeEach
    void empty() {
        // Another test may have moved slots to and fro.
        client.refreshPartitions();
        redis.flushall();
        join(writer.publishPatterns(PIPELINE, Map.of("k", "k:*"), Map.of("u", "u:*")));
        // The first fill finds that the patterns have changed.
        soon().until(() -> fill("k:", AFTER_77) == Filled.STORED);
        redis.del("k:");
        // Both listen before the first waits, at whichever node.
        soon().until(() -> listening() == 2);
    }

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
    }

    private int listening() {
        return IntStream.range(0, 3)
                .map(node -> redis.getConnection("127.0.0.1", cluster.node(node).port())
                        .pubsubChannels("freshet:wake:*")
                        .size())
                .sum();
    }

    @AfterAll
    void close() {
        one.close();
        other.close();
        writer.close();
        client.shutdown();
        cluster.close();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** Keys of all primaries, many of one slot among them. */
    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            keys.add(i % 3 == 0 ? "k:{t" + i % 4 + "}:" + i : "k:" + i);
        }
        Collections.shuffle(keys, new Random(seed));
        for (int primary = 0; primary < 3; primary++) {
            BitSet slots = cluster.slotsOf(primary);
            assertThat(keys).anyMatch(key -> slots.get(SlotTag.slot(key)));
        }
        return keys;
    }

    private static String token(Ticket ticket) {
        assertThat(ticket).isInstanceOf(Ticket.Granted.class);
        return ((Ticket.Granted) ticket).token();
    }

    private Filled fill(String key, Snapshot snapshot, String... tags) {
        return join(one.fill(
                new Fill(key, token(join(one.lease(key))), snapshot, Duration.ofMinutes(1), List.of(tags)), VALUE));
    }

    private Map<String, Filled> fillAll(List<String> keys, Snapshot snapshot, String... tags) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> fill(key, snapshot, tags)));
    }

    @Test
    void whatAFillDependsOnIsAskedWhereverItStands() {
        assertThat(fill("k:1", BEFORE_77)).isEqualTo(Filled.STORED);
        assertThat(fill("other", BEFORE_77)).isEqualTo(Filled.STORED);
        assertThat(fill("u:1", BEFORE_77)).isEqualTo(Filled.NOT_FENCED_HERE);

        join(writer.fencePattern("k:*", Fence.of(77), Optional.empty()));
        join(writer.invalidateTag("tag", Fence.of(77)));

        for (int i = 2; i < 12; i++) {
            assertThat(fill("k:" + i, BEFORE_77)).isEqualTo(Filled.FENCED);
            assertThat(fill("x:" + i, BEFORE_77, "none", "tag")).isEqualTo(Filled.FENCED);
            assertThat(fill("y:" + i, BEFORE_77, "none")).isEqualTo(Filled.STORED);
            // The refused one gave its lease back.
            assertThat(fill("k:" + i, AFTER_77, "tag")).isEqualTo(Filled.STORED);
        }
        // Longer than the value and a lease live: when that is over, another server's clock may tell.
        assertThat(redis.zscore(RedisLayout.tag("tag"), "k:2"))
                .isGreaterThanOrEqualTo((double) System.currentTimeMillis()
                        + redis.pttl("k:2")
                        + WINDOW.dividedBy(2).toMillis());
    }

    @Test
    void patternsThatHaveChangedAreReadAgain() {
        assertThat(fill("new:1", BEFORE_77)).isEqualTo(Filled.STORED);
        join(writer.publishPatterns("other", Map.of("new", "new:*"), Map.of("none", "none:*")));
        join(writer.fencePattern("new:*", Fence.of(77), Optional.empty()));

        assertThat(fill("new:2", BEFORE_77)).isEqualTo(Filled.PATTERNS_CHANGED);
        assertThat(fill("new:2", BEFORE_77)).isEqualTo(Filled.FENCED);
        assertThat(fill("new:2", AFTER_77)).isEqualTo(Filled.STORED);
        assertThat(fill("none:2", AFTER_77)).isEqualTo(Filled.NOT_FENCED_HERE);
        assertThat(fill("k:2", AFTER_77)).isEqualTo(Filled.STORED);
    }

    @Test
    void manyKeysAreLeasedReadAndDroppedAtAllPrimaries() {
        List<String> keys = keys();
        assertThat(join(one.leaseAll(keys))).allMatch(Ticket.Granted.class::isInstance);
        assertThat(join(one.drop(keys))).as("values dropped").isZero();
        assertThat(fillAll(keys, AFTER_77, "tag", "other tag").values()).containsOnly(Filled.STORED);
        join(one.touch(List.of("tag", "other tag", "none")));

        List<String> asked = new ArrayList<>(keys);
        asked.add(7, "k:missing");
        List<Optional<byte[]>> found = join(one.getAll(asked));
        assertThat(found).hasSameSizeAs(asked);
        assertThat(IntStream.range(0, asked.size()).filter(i -> found.get(i).isEmpty()))
                .containsExactly(7);

        assertThat(join(one.drop(keys.subList(0, 50)))).isEqualTo(50);
        assertThat(join(one.dropTag("tag", AFTER_77))).isEqualTo(70);
        assertThat(join(one.getAll(keys))).allMatch(Optional::isEmpty);
        assertThat(fill(keys.get(0), Snapshot.parse("99:99:"), "tag")).isEqualTo(Filled.FENCED);
    }

    @Test
    void whoeverWaitsIsWokenFromEveryPrimary() {
        for (String key : keys().subList(0, 6)) {
            String token = token(join(one.lease(key)));
            Ticket waits = join(other.lease(key));
            assertThat(waits).isInstanceOf(Ticket.Waiting.class);
            assertThat(join(one.fill(new Fill(key, token, AFTER_77, Duration.ofMinutes(1), List.of()), VALUE)))
                    .isEqualTo(Filled.STORED);
            soon().until(((Ticket.Waiting) waits).woken()::isDone);
            assertThat(((Ticket.Waiting) waits).woken().join()).isTrue();
        }
    }

    @Test
    void aPlainCacheSpansThePrimaries() {
        List<String> keys = keys();
        try (PlainCache plain = PlainCache.open(cluster.url(), Duration.ofSeconds(10))) {
            keys.forEach(key -> plain.set(PlainCache.Entry.of(key), "v", Duration.ofMinutes(1)));
            assertThat(plain.entries(key -> key.startsWith("k:"))).hasSameSizeAs(keys);
            assertThat(keys).allMatch(key -> plain.delete(PlainCache.Entry.of(key)));
        }
    }

    /** Many keys of one score, more than a page holds, and the tag's set moves to another server while it is walked over. */
    @Test
    void everyKeyThatIsFiledIsFoundWhileItsTagMoves() {
        byte[] tag = Utf8.encode(RedisLayout.tag("large"));
        int slot = SlotTag.slot(tag);
        redis.zadd(
                RedisLayout.tag("large"),
                IntStream.range(0, 5 * Walk.STEP)
                        .boxed()
                        .flatMap(i -> Stream.of((double) (i < 3 * Walk.STEP ? 7 : i), "k:" + i))
                        .toArray());
        Set<String> found = new HashSet<>();
        int from = cluster.primaryOf(slot);
        AtomicBoolean moved = new AtomicBoolean();
        StatefulRedisClusterConnection<byte[], byte[]> bytes = client.connect(ByteArrayCodec.INSTANCE);
        join(new FiledKeys(bytes.async(), tag, page -> {
                    page.forEach(key -> found.add(Utf8.decode(key)));
                    return moved.getAndSet(true)
                            ? CompletableFuture.completedStage(0L)
                            : CompletableFuture.supplyAsync(() -> {
                                cluster.moveSlots(from, (from + 1) % 3, slot, slot);
                                return 0L;
                            });
                })
                .walk());
        cluster.moveSlots((from + 1) % 3, from, slot, slot);
        assertThat(found).hasSize(5 * Walk.STEP);
    }

    @Test
    void everyFieldIsRemovedFromAHashThatMovesMeanwhile() {
        redis.hset(
                "k:hash", IntStream.range(0, 5 * Walk.STEP).boxed().collect(Collectors.toMap(i -> "f" + i, i -> "v")));
        int slot = SlotTag.slot("k:hash");
        int from = cluster.primaryOf(slot);
        StatefulRedisClusterConnection<byte[], byte[]> bytes = client.connect(ByteArrayCodec.INSTANCE);
        RedisAdvancedClusterAsyncCommands<byte[], byte[]> moving =
                after(bytes.async(), "hscan", 2, () -> cluster.moveSlots(from, (from + 1) % 3, slot, slot));
        try {
            join(Sweep.removingFromCluster(moving, KeyScan.ofGlob("k:hash"), Optional.of(KeyScan.ofGlob("f*"))));
            assertThat(cluster.primaryOf(slot)).isNotEqualTo(from);
            assertThat(redis.hlen("k:hash")).isZero();
        } finally {
            bytes.close();
            cluster.moveSlots((from + 1) % 3, from, slot, slot);
        }
    }

    /** The commands; before the given call of one of them something else is done. */
    @SuppressWarnings("unchecked")
    private static RedisAdvancedClusterAsyncCommands<byte[], byte[]> after(
            RedisAdvancedClusterAsyncCommands<byte[], byte[]> commands, String name, int call, Runnable before) {
        AtomicInteger calls = new AtomicInteger();
        return (RedisAdvancedClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                ClusterReadStoreIT.class.getClassLoader(),
                new Class<?>[] {RedisAdvancedClusterAsyncCommands.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals(name) && calls.incrementAndGet() == call) {
                        // Not on Lettuce's thread, which has to go on.
                        CompletableFuture.runAsync(before).join();
                    }
                    return method.invoke(commands, arguments);
                });
    }

    // ------------------------------------------------------------ the order of checks, leases and walks

    /** Else the writer could fence and walk the tag between the two, and find nothing. */
    @Test
    void aTagsFenceIsAskedOnceTheKeyIsFiled() {
        List<RedisFuture<?>> filing = new CopyOnWriteArrayList<>();
        List<Boolean> filedWhenAsked = Collections.synchronizedList(new ArrayList<>());
        StatefulRedisClusterConnection<byte[], byte[]> bytes = client.connect(ByteArrayCodec.INSTANCE);
        RedisClusterAsyncCommands<byte[], byte[]> heard = hearing(bytes.async(), (key, answer) -> {
            if (key.equals(RedisLayout.tag("tag"))) {
                filing.add(answer);
            } else if (key.equals(RedisLayout.tagFence("tag"))) {
                filedWhenAsked.add(filing.stream().anyMatch(RedisFuture::isDone));
            }
        });
        try (SteppedFill reader = new SteppedFill(client, WINDOW)) {
            Fill fill = new Fill("k:1", "token", AFTER_77, Duration.ofMinutes(1), List.of("tag"));
            assertThat(reader.check(heard, fill)).isEqualTo(ClusterFences.Verdict.FINE);
        } finally {
            bytes.close();
        }
        assertThat(filedWhenAsked).isNotEmpty().containsOnly(true);
    }

    /** Tells the first key of each script that is sent, with its answer. */
    @SuppressWarnings("unchecked")
    private static RedisClusterAsyncCommands<byte[], byte[]> hearing(
            RedisAdvancedClusterAsyncCommands<byte[], byte[]> commands, BiConsumer<String, RedisFuture<?>> heard) {
        return (RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                ClusterReadStoreIT.class.getClassLoader(),
                new Class<?>[] {RedisAdvancedClusterAsyncCommands.class},
                (proxy, method, arguments) -> {
                    Object answer = method.invoke(commands, arguments);
                    if (method.getName().equals("evalsha")) {
                        heard.accept(Utf8.decode(((byte[][]) arguments[2])[0]), (RedisFuture<?>) answer);
                    }
                    return answer;
                });
    }

    /** The writer's part; a reader that has looked at the fences already must not store after it. */
    private interface WideChange {
        void apply();
    }

    private void assertNothingOldIsLeft(WideChange change) {
        try (SteppedFill reader = new SteppedFill(client, WINDOW)) {
            for (String key : keys().subList(0, 12)) {
                Fill fill =
                        new Fill(key, token(join(one.lease(key))), BEFORE_77, Duration.ofMinutes(1), List.of("tag"));
                String early = key + "'";
                Fill done = new Fill(
                        early, token(join(one.lease(early))), BEFORE_77, Duration.ofMinutes(1), List.of("tag"));
                assertThat(reader.check(fill)).isEqualTo(ClusterFences.Verdict.FINE);
                assertThat(reader.check(done)).isEqualTo(ClusterFences.Verdict.FINE);
                assertThat(reader.store(done, VALUE)).isTrue();

                change.apply();

                assertThat(reader.store(fill, VALUE)).as("stored %s later", key).isFalse();
                assertThat(join(one.getAll(List.of(key, early)))).allMatch(Optional::isEmpty);
                redis.del(RedisLayout.patternFence("k:*"), RedisLayout.tagFence("tag"));
            }
        }
    }

    @Test
    void whoeverLookedAtThePatternBeforeItsFenceStoresNothingAfterTheWalk() {
        KeyScan all = KeyScan.ofGlob("k:*");
        assertNothingOldIsLeft(() -> {
            join(writer.fencePattern("k:*", Fence.of(77), Optional.empty()));
            join(writer.sweep(all, Optional.empty()));
        });
    }

    @Test
    void whoeverLookedAtTheTagBeforeItsFenceStoresNothingAfterTheWalk() {
        assertNothingOldIsLeft(() -> join(writer.invalidateTag("tag", Fence.of(77))));
    }

    // ------------------------------------------------------------ how fresh

    private Watermark watermark(int position) {
        return new Watermark(LogPosition.parse("7:1:0/" + position), Instant.ofEpochSecond(position));
    }

    private void leave(int primary, Watermark watermark) {
        List<String> values = StoredWatermark.fields(watermark);
        String key = RedisLayout.watermark(cluster.slotsOf(primary).length() - 1, PIPELINE);
        redis.hset(
                key,
                Map.of(
                        "system",
                        values.get(0),
                        "timeline",
                        values.get(1),
                        "lsn",
                        values.get(2),
                        "source_ts_us",
                        values.get(3)));
    }

    private String keyOf(int primary) {
        BitSet slots = cluster.slotsOf(primary);
        return keys().stream()
                .filter(key -> slots.get(SlotTag.slot(key)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void eachPrimarySpeaksForItsOwnKeys() {
        String first = keyOf(0);
        String second = keyOf(1);
        String third = keyOf(2);
        leave(0, watermark(20));
        leave(1, watermark(10));
        redis.set(first, "v");

        Attested told = join(one.attested(PIPELINE, List.of(first)));
        assertThat(told.watermark()).contains(watermark(20));
        assertThat(told.values()).hasSize(1).allMatch(Optional::isPresent);

        Attested both = join(one.attested(PIPELINE, List.of(second, first)));
        assertThat(both.watermark()).as("the older").contains(watermark(10));
        assertThat(both.values().get(0)).isEmpty();
        assertThat(both.values().get(1)).isPresent();
        assertThat(join(one.attested(PIPELINE, List.of(first, third))).watermark())
                .isEmpty();
        assertThat(join(one.watermark(PIPELINE))).isEmpty();
    }

    @Test
    void aPrimaryDoesNotSpeakForKeysThatHaveMovedAway() {
        String key = keyOf(1);
        int slot = SlotTag.slot(key);
        leave(1, watermark(10));
        leave(2, watermark(20));
        redis.set(key, "v");
        assertThat(join(one.attested(PIPELINE, List.of(key))).watermark()).contains(watermark(10));

        cluster.moveSlots(1, 2, slot, slot);
        try {
            leave(2, watermark(20));
            Attested told = join(one.attested(PIPELINE, List.of(key)));
            assertThat(told.values().get(0)).isPresent();
            assertThat(told.watermark()).as("of the new primary, if of any").isNotEqualTo(Optional.of(watermark(10)));
            soon().until(() -> {
                leave(2, watermark(20));
                return join(one.attested(PIPELINE, List.of(key))).watermark().equals(Optional.of(watermark(20)));
            });
        } finally {
            cluster.moveSlots(2, 1, slot, slot);
        }
    }
}
