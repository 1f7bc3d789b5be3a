package dev.freshet.writer.metrics;

import dev.freshet.model.RowChange;
import dev.freshet.model.SourceClock;
import dev.freshet.model.TableId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What the writer counts and times. Labels come from the configuration or from lists: no key, no value. Thread-safe. */
public final class WriterMetrics {

    private static final List<String> KINDS = List.of("insert", "update", "delete", "truncate");

    private final MeterRegistry meters;
    private final SourceClock clock;
    private final Map<String, CacheMetrics> caches = new ConcurrentHashMap<>();
    private final Map<TableId, Map<String, Counter>> changes = new HashMap<>();
    private final Map<Server, Counter> retries = new EnumMap<>(Server.class);
    private final Map<FlushCause, Counter> flushes = new EnumMap<>(FlushCause.class);
    private final Map<String, Counter> deadLetters = new ConcurrentHashMap<>();
    private final Timer snapshots;
    private final Counter gaps;
    private final Counter redisLosses;
    private volatile int flushesRunning;
    private volatile int unacknowledged;

    /**
     * Registers what there is to tell from the beginning.
     *
     * @param clock by which times that the source wrote are compared with now
     * @param caches their names
     * @param topics that are read
     */
    public WriterMetrics(
            MeterRegistry meters,
            SourceClock clock,
            Collection<String> caches,
            Collection<TableId> tables,
            Collection<String> topics) {
        this.meters = meters;
        this.clock = clock;
        caches.forEach(this::cache);
        tables.forEach(table -> changes.put(table, kinds(meters, table)));
        topics.forEach(this::deadLettersOf);
        for (Server server : Server.values()) {
            retries.put(
                    server,
                    Counter.builder("freshet.writer.retries")
                            .description("Attempts that failed because the server was away")
                            .tag("server", server.label())
                            .register(meters));
        }
        for (FlushCause cause : FlushCause.values()) {
            flushes.put(
                    cause,
                    Counter.builder("freshet.writer.flushes")
                            .description("Flushes of mapped caches")
                            .tag("cause", cause.label())
                            .register(meters));
        }
        this.snapshots = Buckets.ofACall("freshet.writer.snapshot")
                .description("The time to ask the source for a snapshot")
                .register(meters);
        this.gaps = Counter.builder("freshet.writer.gaps")
                .description("Gaps read from the control topic")
                .register(meters);
        this.redisLosses = Counter.builder("freshet.writer.redis.losses")
                .description("Times that Redis was found to have lost writes")
                .register(meters);
        Gauge.builder("freshet.writer.flushes.running", this, all -> all.flushesRunning)
                .description("Flushes under way")
                .strongReference(true)
                .register(meters);
        Gauge.builder("freshet.writer.unacknowledged.commands", this, all -> all.unacknowledged)
                .description("Applied, and waiting to be acknowledged")
                .strongReference(true)
                .register(meters);
        Gauge.builder(
                        "freshet.source.clock.offset.seconds",
                        clock,
                        source -> source.offset().toNanos() / 1e9)
                .description("How far the source's clock is ahead of this machine's")
                .tag("part", "writer")
                .strongReference(true)
                .register(meters);
    }

    /** Measures nothing. */
    public static WriterMetrics none() {
        return new WriterMetrics(new CompositeMeterRegistry(), new SourceClock(), List.of(), List.of(), List.of());
    }

    private static Map<String, Counter> kinds(MeterRegistry meters, TableId table) {
        Map<String, Counter> kinds = new HashMap<>();
        KINDS.forEach(kind -> kinds.put(
                kind,
                Counter.builder("freshet.writer.changes")
                        .description("Row changes read and decoded")
                        .tag("table", table.toString())
                        .tag("kind", kind)
                        .register(meters)));
        return kinds;
    }

    /** The gauges of what others know: which server is waited for, and how many dead letters wait. */
    public void watch(Supplier<? extends Collection<Server>> blockedBy, Supplier<Number> deadLettersWaiting) {
        for (Server server : Server.values()) {
            Gauge.builder("freshet.writer.blocked", () -> blockedBy.get().contains(server) ? 1 : 0)
                    .description("Whether the writer waits for the server")
                    .tag("server", server.label())
                    .register(meters);
        }
        Gauge.builder("freshet.writer.dead.letters.waiting", deadLettersWaiting)
                .description("Parked records that Kafka has not stored yet")
                .register(meters);
    }

    /** The numbers of a cache, by its name in the configuration. */
    public CacheMetrics cache(String name) {
        return caches.computeIfAbsent(name, cache -> new CacheMetrics(meters, clock, cache));
    }

    public void change(RowChange change) {
        Counter counter = changes.getOrDefault(change.table(), Map.of()).get(kind(change));
        if (counter != null) {
            counter.increment();
        }
    }

    private static String kind(RowChange change) {
        if (change instanceof RowChange.Inserted) {
            return "insert";
        } else if (change instanceof RowChange.Updated) {
            return "update";
        } else if (change instanceof RowChange.Deleted) {
            return "delete";
        }
        return "truncate";
    }

    /** A record of the topic was parked. */
    public void deadLetter(String topic) {
        deadLettersOf(topic).increment();
    }

    private Counter deadLettersOf(String topic) {
        return deadLetters.computeIfAbsent(
                topic,
                of -> Counter.builder("freshet.writer.dead.letters")
                        .description("Records parked")
                        .tag("topic", of)
                        .register(meters));
    }

    public void retried(Server server) {
        Counter counter = retries.get(server);
        if (counter != null) {
            counter.increment();
        }
    }

    public void flush(FlushCause cause) {
        Counter counter = flushes.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    public void gap() {
        gaps.increment();
    }

    public void redisLoss() {
        redisLosses.increment();
    }

    /** Times questions for a snapshot. */
    public Timer snapshots() {
        return snapshots;
    }

    /** How things stand after a batch. */
    public void standing(int flushesUnderWay, int commandsHeld) {
        flushesRunning = flushesUnderWay;
        unacknowledged = commandsHeld;
    }
}
