package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import dev.freshet.model.Watermark;
import dev.freshet.redis.MarkerStore.Marked;
import dev.freshet.redis.MarkerStore.Replicas;
import dev.freshet.stack.OpenSlot;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the markers of a cluster tell when one of its primaries loses writes, and when slots move. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterMarkersIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Watermark THEN =
            new Watermark(new LogPosition("1", 1, Lsn.parse("0/10")), Instant.ofEpochSecond(1_000));

    private final TestCluster cluster = TestCluster.start(3, 1);
    private final RedisCacheStore store = RedisCacheStore.at(cluster.url(), WINDOW);

    @BeforeEach
    void empty() {
        cluster.empty();
    }

    @AfterAll
    void close() {
        store.close();
        cluster.close();
    }

    /** A writer, as it uses the marker: it knows what it left there. */
    private final class Writer {

        private Marker marker = read(store);

        Marked mark(String field, String value) {
            return mark(Map.of(field, value), Replicas.NONE);
        }

        Marked mark(Map<String, String> fields, Replicas replicas) {
            Marked marked = store.mark("shop", marker, fields, replicas)
                    .toCompletableFuture()
                    .join();
            if (marked != Marked.LOST) {
                Map<String, String> all = new HashMap<>(marker.fields());
                all.putAll(fields);
                marker = new Marker(marker.server(), all);
            }
            return marked;
        }
    }

    private static Marker read(RedisCacheStore store) {
        return store.marker("shop").toCompletableFuture().join();
    }

    /** As another process finds it. */
    private Map<String, String> readAnew() {
        try (RedisCacheStore other = RedisCacheStore.at(cluster.url(), WINDOW)) {
            return withoutFilings(read(other).fields());
        }
    }

    private static Map<String, String> withoutFilings(Map<String, String> fields) {
        Map<String, String> others = new HashMap<>(fields);
        others.remove(MarkerStore.FILINGS_LOST);
        return others;
    }

    private int owner(int slot) {
        return cluster.servers().primaryOf(slot);
    }

    private int anchor(int node) {
        return cluster.servers().slotsOf(node).length() - 1;
    }

    private Map<String, String> at(int slot) {
        return cluster.node(owner(slot)).hgetall(RedisLayout.marker(slot, "shop"));
    }

    @Test
    void eachPrimaryHasOneAndAllOfThemAreMoved() {
        Writer writer = new Writer();
        assertThat(withoutFilings(writer.marker.fields())).isEmpty();

        assertThat(writer.mark("t/0", "id:1")).isEqualTo(Marked.DONE);
        assertThat(writer.mark("t/0", "id:2")).isEqualTo(Marked.DONE);
        assertThat(writer.mark(MarkerStore.FILINGS_LOST, "")).isEqualTo(Marked.DONE);

        assertThat(cluster.servers().primaries())
                .hasSize(3)
                .allSatisfy(node -> assertThat(at(anchor(node))).containsEntry("t/0", "id:2"));
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:2"));
    }

    @Test
    void onePrimaryThatForgetsIsSeenAndNothingIsKnownThen() {
        Writer writer = new Writer();
        writer.mark("t/0", "id:1");
        cluster.node(owner(16383)).flushall();

        assertThat(writer.mark("t/0", "id:2")).isEqualTo(Marked.LOST);
        assertThat(readAnew()).isEmpty();

        Writer again = new Writer();
        assertThat(again.mark("t/0", "id:3")).isEqualTo(Marked.DONE);
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:3"));
    }

    @Test
    void anotherWritersMoveOfTheSamePlaceIsSeen() {
        Writer writer = new Writer();
        writer.mark("t/0", "id:1");
        Writer other = new Writer();
        assertThat(other.mark("t/0", "id:9")).isEqualTo(Marked.DONE);
        assertThat(other.mark("t/1", "id:1")).isEqualTo(Marked.DONE);

        assertThat(writer.mark("t/0", "id:2")).isEqualTo(Marked.LOST);
        assertThat(readAnew()).containsEntry("t/1", "id:1").doesNotContainEntry("t/0", "id:2");
    }

    @Test
    void whoeverLooksInBetweenDoesNotHideWhatWasLost() {
        Writer writer = new Writer();
        writer.mark("t/0", "id:1");
        cluster.node(owner(0)).flushall();
        IntStream.range(0, 20).forEach(i -> read(store));

        assertThat(writer.mark("t/0", "id:2")).isEqualTo(Marked.LOST);
    }

    @Test
    void slotsThatMoveTakeTheMarkerAndTheirOldOwnerGetsAnother() {
        Writer writer = new Writer();
        writer.mark(Map.of("t/0", "id:1", MarkerStore.FILINGS_LOST, ""), Replicas.NONE);
        Writer neighbour = new Writer();
        neighbour.mark("t/1", "id:1");
        int from = owner(0);
        int to = owner(16383);
        int first = anchor(from);

        cluster.servers().moveSlots(from, to, first - 2, first);
        await().until(() ->
                writer.mark("t/0", "id:2") == Marked.DONE && at(anchor(from)).containsKey("t/0"));
        assertThat(at(anchor(from))).containsEntry("t/1", "id:1");
        assertThat(neighbour.mark("t/1", "id:2")).isEqualTo(Marked.DONE);
        await().until(() ->
                neighbour.mark("t/1", "id:3") == Marked.DONE && at(anchor(from)).containsValue("id:3"));

        assertThat(cluster.servers().primaries())
                .allSatisfy(node -> assertThat(at(anchor(node))).containsEntry("t/0", "id:2"));
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:2", "t/1", "id:3"));
        assertThat(read(store).fields()).as("no server is another").doesNotContainKey(MarkerStore.FILINGS_LOST);

        cluster.servers().moveSlots(to, from, first - 2, first);
        assertThat(writer.mark("t/0", "id:4")).isEqualTo(Marked.DONE);
        await().until(() -> writer.mark("t/0", "id:4") == Marked.DONE
                && cluster.node(owner(first - 3)).exists(RedisLayout.marker(first - 3, "shop")) == 0);
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:4", "t/1", "id:3"));
    }

    /** While its slot is open the marker stands at the next owner, which is another server. */
    @Test
    void aMarkerThatIsOnItsWayIsNoLoss() {
        Writer writer = new Writer();
        writer.mark("t/0", "id:1");
        int from = owner(0);
        int to = owner(16383);
        int slot = anchor(from);
        OpenSlot open = cluster.servers().openSlot(slot, from, to);
        assertThat(open.moveSome(100)).isNotEmpty();

        CompletableFuture<Marked> marked = CompletableFuture.supplyAsync(() -> writer.mark("t/0", "id:2"));
        await().during(Duration.ofMillis(300)).until(() -> !marked.isDone());
        open.finish();

        assertThat(marked.join()).isEqualTo(Marked.DONE);
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:2"));
        cluster.servers().moveSlots(to, from, slot, slot);
    }

    @Test
    void afterSlotsMovedWithNobodyThereTheirOldOwnerIsInDoubt() {
        new Writer().mark("t/0", "id:1");
        int from = owner(0);
        int to = owner(16383);
        int first = anchor(from);
        cluster.servers().moveSlots(from, to, first, first);

        assertThat(readAnew()).isEmpty();

        cluster.servers().moveSlots(to, from, first, first);
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:1"));
    }

    @Test
    void aReplicaThatTakesOverWithLessIsSeenAndTellsHowFarItCame() {
        Writer writer = new Writer();
        Replicas one = new Replicas(1, Duration.ofSeconds(5));
        assertThat(writer.mark(Map.of("t/0", "id:1"), one)).isEqualTo(Marked.DONE);
        int victim = owner(8000);
        cluster.servers().cutOff(victim);
        assertThat(writer.mark("t/0", "id:2")).isEqualTo(Marked.DONE);

        failOver(victim);

        await().ignoreExceptions().until(() -> writer.mark("t/0", "id:3") == Marked.LOST);
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:1"));
        Writer again = new Writer();
        assertThat(again.marker.fields()).containsKey(MarkerStore.FILINGS_LOST);
        assertThat(again.mark("t/0", "id:2")).isEqualTo(Marked.DONE);
        assertThat(read(store).fields()).as("nobody has said so").containsKey(MarkerStore.FILINGS_LOST);
        again.mark(MarkerStore.FILINGS_LOST, "");
        assertThat(read(store).fields()).doesNotContainKey(MarkerStore.FILINGS_LOST);
    }

    /** The marker is there, and what was applied after it is not. */
    @Test
    void aReplicaThatTakesOverIsSeenThoughItsMarkerIsTheLast() {
        Writer writer = new Writer();
        Replicas one = new Replicas(1, Duration.ofSeconds(5));
        assertThat(writer.mark(Map.of("t/0", "id:1"), one)).isEqualTo(Marked.DONE);

        failOver(owner(8000));

        await().ignoreExceptions().until(() -> writer.mark("t/0", "id:2") == Marked.LOST);
        assertThat(readAnew()).isEqualTo(Map.of("t/0", "id:1"));
    }

    private void failOver(int victim) {
        cluster.servers().cutOff(victim);
        cluster.servers().kill(victim);
        cluster.servers().awaitPromotion(victim, 8000);
        cluster.servers().node(victim).start();
        cluster.servers().reconnect(victim);
        cluster.servers().awaitSettled();
    }

    @Test
    void aWatermarkIsMovedOnAllPrimariesOnceAllMarkersHaveReachedIt() {
        Writer writer = new Writer();
        writer.mark("t/0", "id:5");
        assertThat(watermark()).isFalse();
        assertThat(move(6)).isFalse();
        int behind = anchor(owner(16383));
        cluster.text().hset(RedisLayout.marker(behind, "shop"), "t/0", "id:4");
        assertThat(move(5)).isFalse();
        assertThat(cluster.text().keys("freshet:watermark:*")).isEmpty();
        cluster.text().hset(RedisLayout.marker(behind, "shop"), "t/0", "id:5");

        assertThat(move(5)).isTrue();

        assertThat(watermark()).isTrue();
        BitSet anchors = new BitSet();
        cluster.servers().primaries().forEach(node -> anchors.set(anchor(node)));
        assertThat(anchors.stream()).allMatch(slot -> cluster.text().exists(RedisLayout.watermark(slot, "shop")) == 1);
    }

    private boolean watermark() {
        return store.watermark("shop").toCompletableFuture().join().equals(Optional.of(THEN));
    }

    private boolean move(long offset) {
        return store.moveWatermark("shop", THEN, Map.of("t/0", offset))
                .toCompletableFuture()
                .join();
    }
}
