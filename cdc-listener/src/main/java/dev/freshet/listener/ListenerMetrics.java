package dev.freshet.listener;

import dev.freshet.model.SourceClock;
import dev.freshet.model.TableId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the listener tells of itself in numbers; names and meaning stand in {@code docs/metrics.md}. Never a key or a
 * value. Thread-safe.
 */
final class ListenerMetrics {

    private static final Duration[] FROM_HALF_A_MILLISECOND = {
        Duration.ofNanos(500_000), Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3),
        Duration.ofMillis(5), Duration.ofMillis(8), Duration.ofMillis(12), Duration.ofMillis(20),
        Duration.ofMillis(35), Duration.ofMillis(60), Duration.ofMillis(100), Duration.ofMillis(200),
        Duration.ofMillis(350), Duration.ofMillis(600), Duration.ofSeconds(1), Duration.ofSeconds(2),
        Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60),
        Duration.ofSeconds(120), Duration.ofSeconds(300)
    };

    private final SourceClock clock;
    private final KafkaProgress progress;
    private final Map<String, Map<String, Counter>> changes = new HashMap<>();
    private final Timer publishing;
    private final Timer capturing;
    private final Counter restarts;
    private final Counter gaps;
    private volatile @Nullable Instant beat;

    /**
     * @param state what the listener is doing
     * @param slot what the source said of the slot last
     */
    ListenerMetrics(
            MeterRegistry meters,
            CaptureSettings settings,
            SourceClock clock,
            KafkaProgress progress,
            Supplier<Listener.State> state,
            Supplier<SlotMeasure> slot) {
        this.clock = clock;
        this.progress = progress;
        settings.tables().stream()
                .collect(Collectors.groupingBy(
                        settings.topics()::of,
                        // Kafka refuses some characters: then one topic may stand for several tables.
                        Collectors.mapping(TableId::toString, Collectors.joining(","))))
                .forEach((topic, table) -> changes.put(topic, kinds(meters, table)));
        this.publishing = histogram(meters, "freshet.listener.publish", "From the producer to Kafka's acknowledgement");
        this.capturing = histogram(
                meters, "freshet.listener.commit.to.kafka", "From a change's commit to Kafka's acknowledgement");
        this.restarts = Counter.builder("freshet.listener.restarts")
                .description("Failures after which the listener started again")
                .register(meters);
        this.gaps = Counter.builder("freshet.listener.gaps")
                .description("Gaps announced: changes may have been missed")
                .register(meters);
        ofTheListener(meters, settings, state);
        ofTheSlot(meters, settings, slot);
    }

    private static Map<String, Counter> kinds(MeterRegistry meters, String table) {
        Map<String, Counter> kinds = new HashMap<>();
        Map.of("c", "insert", "u", "update", "d", "delete", "t", "truncate")
                .forEach((operation, kind) -> kinds.put(
                        operation,
                        Counter.builder("freshet.listener.changes")
                                .description("Row changes that Kafka holds")
                                .tag("table", table)
                                .tag("kind", kind)
                                .register(meters)));
        return kinds;
    }

    private static Timer histogram(MeterRegistry meters, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(FROM_HALF_A_MILLISECOND)
                .register(meters);
    }

    private void ofTheListener(MeterRegistry meters, CaptureSettings settings, Supplier<Listener.State> state) {
        for (Listener.State one : Listener.State.values()) {
            Gauge.builder("freshet.listener.state", () -> state.get() == one ? 1 : 0)
                    .description("What the listener is doing")
                    .tag("state", one.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
        String pipeline = settings.topics().pipeline();
        ofTheQueue(meters, "records", "Decoded and not handed over", pipeline, EngineQueue::records);
        ofTheQueue(meters, "capacity.records", "How many fit", pipeline, queue -> EngineQueue.CAPACITY);
        ofTheQueue(meters, "bytes", "About how much memory they take", pipeline, EngineQueue::bytes);
        gauge("freshet.listener.unstored.records", "Sent and not acknowledged", progress, KafkaProgress::unstored)
                .register(meters);
        gauge(
                        "freshet.source.clock.offset.seconds",
                        "How far the source's clock is ahead of this machine's",
                        clock,
                        source -> seconds(source.offset()))
                .tag("part", "listener")
                .register(meters);
    }

    /** NaN while no engine runs. */
    private static void ofTheQueue(
            MeterRegistry meters,
            String name,
            String description,
            String pipeline,
            ToDoubleFunction<EngineQueue> value) {
        gauge(
                        "freshet.listener.engine.queue." + name,
                        description,
                        pipeline,
                        of -> EngineQueue.of(of)
                                .map(queue -> value.applyAsDouble(queue))
                                .orElse(Double.NaN))
                .register(meters);
    }

    private void ofTheSlot(MeterRegistry meters, CaptureSettings settings, Supplier<SlotMeasure> slot) {
        for (SlotMeasure.State one : SlotMeasure.State.values()) {
            Gauge.builder("freshet.slot.state", () -> slot.get().state().equals(Optional.of(one)) ? 1 : 0)
                    .description("What becomes of the slot's WAL")
                    .tag("state", one.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
        gauge("freshet.slot.active", "Whether some listener uses the slot", slot, now -> active(now.get()))
                .register(meters);
        gauge(
                        "freshet.slot.retained.bytes",
                        "WAL that the slot holds back",
                        slot,
                        now -> number(now.get().retained()))
                .register(meters);
        gauge(
                        "freshet.slot.retained.limit.bytes",
                        "postgres.max-retained-wal",
                        settings,
                        of -> of.postgres().maxRetainedWal())
                .register(meters);
        gauge(
                        "freshet.slot.lag.bytes",
                        "WAL after what the slot has confirmed",
                        slot,
                        now -> number(now.get().lag()))
                .register(meters);
        gauge("freshet.slot.lag.seconds", "Age of what Kafka holds all before", this, ListenerMetrics::beatAge)
                .register(meters);
    }

    private static <T> Gauge.Builder<T> gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        return Gauge.builder(name, of, value).description(description).strongReference(true);
    }

    private static double active(SlotMeasure slot) {
        if (slot.state().isEmpty()) {
            return Double.NaN;
        }
        return slot.active() ? 1 : 0;
    }

    private static double number(OptionalLong measured) {
        return measured.isPresent() ? measured.getAsLong() : Double.NaN;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private double beatAge() {
        Instant newest = beat;
        return newest == null ? Double.NaN : seconds(clock.since(newest));
    }

    /** Kafka holds all before this heartbeat. */
    void beat(Instant sourceTime) {
        beat = sourceTime;
    }

    /** Somebody else streams: nothing is known of the newest heartbeat. */
    void standsBy() {
        beat = null;
    }

    void restarted() {
        restarts.increment();
    }

    void gap() {
        gaps.increment();
    }

    /** A change is about to be sent; {@link Change#stored()} tells that Kafka holds it. */
    Change change(SourceRecord record) {
        if (!(record.value() instanceof Struct value)) {
            return new Change(null, null); // a tombstone
        }
        Counter counter = changes.getOrDefault(record.topic(), Map.of()).get(value.getString("op"));
        Struct source = value.getStruct("source");
        return new Change(counter, source == null ? null : source.getInt64("ts_us"));
    }

    /** One change on its way. Does not keep the row. */
    final class Change {

        private final long sentNanos = System.nanoTime();
        private final @Nullable Counter counter;
        private final @Nullable Long committedMicros;

        private Change(@Nullable Counter counter, @Nullable Long committedMicros) {
            this.counter = counter;
            this.committedMicros = committedMicros;
        }

        void stored() {
            if (counter == null) {
                return;
            }
            counter.increment();
            publishing.record(System.nanoTime() - sentNanos, TimeUnit.NANOSECONDS);
            if (committedMicros != null) {
                capturing.record(clock.since(Instant.EPOCH.plus(committedMicros, ChronoUnit.MICROS)));
            }
        }
    }
}
