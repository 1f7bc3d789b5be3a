package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.client.Freshness.WhenStale;
import dev.freshet.model.LogPosition;
import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads that demand freshness, on a Redis whose answers the test orders and a clock that it moves. The source's row counts
 * up; the pipeline stands still unless the test moves it.
 */
class FreshnessTest {

    private static final ValueType<Integer> TYPE = ValueType.of(Integer.class);
    private static final String KEY = "k";
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final ReadOptions TWO_SECONDS = ReadOptions.defaults().withMaxStaleness(Duration.ofSeconds(2));

    private long nanos;
    private Duration setForward = Duration.ZERO;
    private int row = 1;
    private int loads;
    final FakeReadStore redis = new FakeReadStore();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Guard guard = new Guard(CircuitBreaker.ofDefaults("test"));
    private final SnapshotSource source = new SnapshotSource() {
        @Override
        public Optional<Snapshot> take() {
            return Optional.of(Snapshot.parse("1:1:"));
        }

        @Override
        public Optional<Instant> time() {
            return Optional.of(now());
        }
    };
    private final Watermarks watermarks = new Watermarks(() -> nanos);
    private final FreshnessCheck check = new FreshnessCheck(
            Optional.of("shop"),
            redis,
            guard,
            new SourceClock(source, () -> nanos, () -> START.plusNanos(nanos)),
            watermarks);
    private final Instruments instruments = new Instruments(meters, ObservationRegistry.NOOP, "test");
    private final Codec codec = new JacksonCodec();
    private final SharedSnapshots snapshots = new SharedSnapshots(source);
    private final LoadLimiter limiter = new LoadLimiter(16);
    private final Fills fills = new Fills(redis, guard, codec, instruments, Duration.ofSeconds(10), 1000);
    private final ReadThrough reads = new ReadThrough(
            redis, Optional.empty(), guard, check, codec, snapshots, limiter, instruments, fills, Duration.ofHours(1));
    private final BatchRead batches =
            new BatchRead(redis, guard, check, codec, snapshots, limiter, instruments, fills, Duration.ofHours(1));

    boolean isOneServer() {
        return true;
    }

    @BeforeEach
    void servers() {
        redis.oneServer = isOneServer();
    }

    /** By the source's clock. */
    private Instant now() {
        return START.plusNanos(nanos).plus(setForward);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    /** Everything until now is applied. */
    private void applied(String position) {
        redis.watermark = Optional.of(new Watermark(LogPosition.parse(position), now()));
    }

    private void cached(int value) {
        redis.values.put(KEY, Integer.toString(value).getBytes(StandardCharsets.UTF_8));
    }

    private Load<Integer> loader() {
        return Load.of(
                (Loader<Integer, RuntimeException>) () -> {
                    loads++;
                    return Optional.of(row);
                },
                () -> false);
    }

    private CompletableFuture<Answer<Integer>> begin(ReadOptions options) {
        return begin(options, loader());
    }

    private CompletableFuture<Answer<Integer>> begin(ReadOptions options, Load<Integer> load) {
        return reads.read(new ReadThrough.Request<>(KEY, TYPE, options, load, Runnable::run));
    }

    private Answer<Integer> read(ReadOptions options) {
        return begin(options).join();
    }

    private Answer<Integer> readAsOneOfMany(ReadOptions options) {
        return beginAsOneOfMany(options).join();
    }

    private CompletableFuture<Answer<Integer>> beginAsOneOfMany(ReadOptions options) {
        BatchLoader<Integer, RuntimeException> loader = missing -> {
            loads++;
            return Map.of(KEY, row);
        };
        return batches.read(new BatchRead.Request<>(Set.of(KEY), TYPE, options, loader, false, Runnable::run))
                .thenApply(all -> Objects.requireNonNull(all.get(KEY)));
    }

    private static ReadOptions token(String position) {
        return ReadOptions.defaults().notOlderThan(WriteToken.parse(position));
    }

    @Test
    void aCachedValueIsServedWhileTheWatermarkIsRecent() {
        cached(1);
        applied("7:1:0/10");
        pass(Duration.ofSeconds(2));
        Answer<Integer> answer = read(TWO_SECONDS);
        assertThat(answer.outcome()).isEqualTo(Outcome.HIT);
        assertThat(answer.value()).contains(1);
        assertThat(answer.staleness().orElseThrow()).isEqualTo(Duration.ofSeconds(2));
        assertThat(readAsOneOfMany(TWO_SECONDS).outcome()).isEqualTo(Outcome.HIT);
    }

    @Test
    void anOlderOneIsPassedOverAndLeftAlone() {
        cached(1);
        applied("7:1:0/10");
        row = 2;
        pass(Duration.ofSeconds(2).plusNanos(1));
        Answer<Integer> answer = read(TWO_SECONDS);
        assertThat(answer.outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
        assertThat(answer.value()).contains(2);
        assertThat(readAsOneOfMany(TWO_SECONDS).outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
        assertThat(readAsOneOfMany(TWO_SECONDS).value()).contains(2);
        assertThat(redis.asked).containsOnly(isOneServer() ? "watermark" : "attested");
        assertThat(read(ReadOptions.defaults()).value()).contains(1);
    }

    @Test
    void withoutAWatermarkNothingIsFresh() {
        cached(1);
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
        assertThat(read(token("7:1:0/0")).outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
        assertThat(readAsOneOfMany(token("7:1:0/0")).outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
    }

    /** By the old difference of the clocks, the next watermarks would seem to be fresh for another minute. */
    @Test
    void whereTheSourcesClockWasSetForwardItIsAskedAnew() {
        cached(1);
        applied("7:1:0/10");
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.HIT);
        setForward = Duration.ofMinutes(1);
        pass(Duration.ofSeconds(2));
        applied("7:1:0/20");
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.HIT);
        pass(Duration.ofSeconds(3));
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
    }

    @Test
    void aMissIsLoadedAndStoredAsEver() {
        applied("7:1:0/10");
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.MISS);
        assertThat(redis.values).containsKey(KEY);
    }

    /** What another reader learns while the value is under way tells nothing of that value. */
    @Test
    void aWatermarkReadAfterTheValueDoesNotCount() {
        cached(1);
        applied("7:1:0/10");
        pass(Duration.ofSeconds(1));
        redis.holdValues();
        CompletableFuture<Answer<Integer>> one = begin(TWO_SECONDS);
        CompletableFuture<Answer<Integer>> many = beginAsOneOfMany(TWO_SECONDS);

        row = 2;
        redis.values.remove(KEY);
        pass(Duration.ofSeconds(2));
        applied("7:1:0/20");
        var unused = begin(token("7:1:0/20"));
        redis.letGo();

        assertThat(one.join().value()).contains(2);
        assertThat(one.join().outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
        assertThat(many.join().value()).contains(2);
    }

    @Test
    void aValueThatWasLongUnderWayIsTooOldWhenItArrives() {
        cached(1);
        applied("7:1:0/10");
        redis.holdValues();
        CompletableFuture<Answer<Integer>> one = begin(TWO_SECONDS);
        CompletableFuture<Answer<Integer>> many = beginAsOneOfMany(TWO_SECONDS);
        pass(Duration.ofSeconds(3));
        row = 2;
        redis.letGo();
        assertThat(one.join().value()).contains(2);
        assertThat(many.join().value()).contains(2);
    }

    @Test
    void aTokenThatTheWatermarkCoversIsServedFromRedis() {
        cached(1);
        applied("7:2:0/10");
        assertThat(read(token("7:2:0/10")).outcome()).isEqualTo(Outcome.HIT);
        assertThat(readAsOneOfMany(token("7:1:0/10")).outcome()).isEqualTo(Outcome.HIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7:2:0/11", "7:3:0/1", "8:2:0/1"})
    void aLaterTokenOrOneOfAnotherLogIsNot(String position) {
        cached(1);
        applied("7:2:0/10");
        row = 2;
        assertThat(read(token(position)).outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
        assertThat(read(token(position)).value()).contains(2);
        assertThat(readAsOneOfMany(token(position)).value()).contains(2);
    }

    @Test
    void theWatermarkServesUntilItDoesNotDo() {
        cached(1);
        applied("7:1:0/10");
        read(token("7:1:0/10"));
        read(token("7:1:0/1"));
        // Of one server it is remembered; of several each read asks for its own.
        assertThat(redis.asked)
                .isEqualTo(isOneServer() ? List.of("watermark", "get", "get") : List.of("attested", "attested"));

        applied("7:1:0/20");
        assertThat(read(token("7:1:0/20")).outcome()).isEqualTo(Outcome.HIT);
        assertThat(redis.asked)
                .isEqualTo(
                        isOneServer()
                                ? List.of("watermark", "get", "get", "watermark", "get")
                                : List.of("attested", "attested", "attested"));

        // A Redis that took over may have less.
        pass(Watermarks.LIFE);
        redis.watermark = Optional.empty();
        assertThat(read(token("7:1:0/20")).outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
    }

    /** The next connection may lead to a server that took over and has less. */
    @Test
    void aWatermarkSpeaksOnlyForTheConnectionThatItCameOver() {
        cached(1);
        applied("7:1:0/20");
        assertThat(read(token("7:1:0/20")).outcome()).isEqualTo(Outcome.HIT);
        redis.holdValues();
        CompletableFuture<Answer<Integer>> underWay = begin(token("7:1:0/20"));
        CompletableFuture<Answer<Integer>> recent = begin(TWO_SECONDS);
        CompletableFuture<Answer<Integer>> many = beginAsOneOfMany(token("7:1:0/20"));

        watermarks.lost();
        redis.watermark = Optional.empty();
        row = 2;
        redis.letGo();

        assertThat(underWay.join().outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
        assertThat(recent.join().outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
        assertThat(many.join().outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
        assertThat(read(token("7:1:0/20")).outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
    }

    @Test
    void aReadWithoutDemandsAsksForNoWatermark() {
        cached(1);
        assertThat(read(ReadOptions.defaults()).staleness()).isEmpty();
        readAsOneOfMany(ReadOptions.defaults());
        assertThat(redis.asked).containsExactly("get", "getAll");
    }

    /** The load began long ago, and nothing tells of what changed since: storing it makes it no newer. */
    @Test
    void whatAnotherStoredMeanwhileMustBeFreshAsWell() {
        applied("7:1:0/10");
        CompletableFuture<Optional<Integer>> slow = new CompletableFuture<>();
        CompletableFuture<Answer<Integer>> first =
                begin(ReadOptions.defaults(), Load.of((AsyncLoader<Integer>) () -> slow, () -> false));
        pass(Duration.ofSeconds(1));
        CompletableFuture<Answer<Integer>> joined = begin(TWO_SECONDS);
        assertThat(joined).isNotDone();

        row = 2;
        pass(Duration.ofSeconds(9));
        slow.complete(Optional.of(1));

        assertThat(first.join().value()).contains(1);
        assertThat(joined.join().value()).contains(2);
        assertThat(joined.join().outcome()).isEqualTo(Outcome.BYPASSED_STALENESS);
    }

    @Test
    void aReadThatPassesRedisOverWaitsForNobodyElsesLoad() {
        redis.leased = true;
        CompletableFuture<Answer<Integer>> waiting = begin(ReadOptions.defaults());
        CompletableFuture<Answer<Integer>> passing = begin(token("7:1:0/10"));
        assertThat(passing).isDone();
        assertThat(passing.join().outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
        assertThat(waiting).isNotDone();
        assertThat(loads).isEqualTo(1);
    }

    @Test
    void readsThatPassRedisOverShareALoadOnlyIfItBeginsAfterThem() {
        CompletableFuture<Optional<Integer>> slow = new CompletableFuture<>();
        CompletableFuture<Answer<Integer>> first =
                begin(token("7:1:0/10"), Load.of((AsyncLoader<Integer>) () -> slow, () -> false));
        CompletableFuture<Answer<Integer>> second = begin(token("7:1:0/20"));
        row = 2;
        slow.complete(Optional.of(1));
        assertThat(first.join().value()).contains(1);
        assertThat(second.join().value()).contains(2);
        assertThat(second.join().outcome()).isEqualTo(Outcome.BYPASSED_TOKEN);
    }

    @Test
    void aStaleValueIsFlaggedWhereThatIsWanted() {
        cached(1);
        applied("7:1:0/10");
        pass(Duration.ofSeconds(5));
        ReadOptions flag = ReadOptions.defaults().withMaxStaleness(Duration.ofSeconds(2), WhenStale.FLAG);
        Answer<Integer> answer = read(flag);
        assertThat(answer.isStale()).isTrue();
        assertThat(answer.value()).contains(1);
        assertThat(answer.staleness().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(readAsOneOfMany(flag).isStale()).isTrue();

        redis.watermark = Optional.empty();
        pass(Watermarks.LIFE);
        assertThat(read(flag).isStale()).isTrue();
        assertThat(read(flag).staleness()).isEmpty();
        // A token is never waived.
        assertThat(read(flag.notOlderThan(WriteToken.parse("7:1:0/10"))).outcome())
                .isEqualTo(Outcome.BYPASSED_TOKEN);
    }

    @Test
    void withoutRedisReadsAreLoaded() {
        redis.away = true;
        assertThat(read(TWO_SECONDS).outcome()).isEqualTo(Outcome.DEGRADED);
        assertThat(readAsOneOfMany(token("7:1:0/1")).outcome()).isEqualTo(Outcome.DEGRADED);
        assertThat(read(token("7:1:0/1")).value()).contains(1);
    }

    @Test
    void aDemandWithoutAPipelineIsAMistakeThatIsTold() {
        FreshnessCheck unnamed = new FreshnessCheck(
                Optional.empty(),
                redis,
                guard,
                new SourceClock(source, () -> nanos, () -> START),
                new Watermarks(() -> nanos));
        unnamed.requirePipeline(ReadOptions.defaults().freshness());
        assertThatThrownBy(() -> unnamed.requirePipeline(TWO_SECONDS.freshness()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(".pipeline(");
    }
}
