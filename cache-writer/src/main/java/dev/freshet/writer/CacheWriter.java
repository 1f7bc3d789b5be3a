package dev.freshet.writer;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.SourceClock;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.MarkerStore.Replicas;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.acknowledge.JdbcSnapshotSource;
import dev.freshet.writer.acknowledge.SnapshotSource;
import dev.freshet.writer.acknowledge.Snapshots;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.apply.JdbcValueQuery;
import dev.freshet.writer.apply.QueryRebuilder;
import dev.freshet.writer.apply.Rebuilder;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceTime;
import dev.freshet.writer.deadletter.DeadLetterTopic;
import dev.freshet.writer.deadletter.DeadLetters;
import dev.freshet.writer.decode.JdbcGeneratedColumns;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.metrics.ConsumerLag;
import dev.freshet.writer.metrics.MeasuredStore;
import dev.freshet.writer.metrics.WatermarkAge;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.place.KafkaTopicIds;
import dev.freshet.writer.place.Places;
import dev.freshet.writer.place.TopicIds;
import dev.freshet.writer.place.Watermarks;
import dev.freshet.writer.plan.InvalidationPlanner;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache-writer: applies the row changes on Kafka to Redis. Several may run for one pipeline; Kafka deals the
 * partitions out among them. Thread-safe.
 */
public final class CacheWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CacheWriter.class);
    private static final Duration SNAPSHOT_INTERVAL = Duration.ofMillis(100);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

    /** Questions that a server answers at once, or not at all. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private static final Duration REPLICATION_LIMIT = Duration.ofSeconds(1);
    private static final Duration SOURCE_TIME_EVERY = Duration.ofSeconds(10);
    private static final Duration LAG_EVERY = Duration.ofSeconds(2);
    private static final Duration WATERMARK_EVERY = Duration.ofSeconds(1);

    private final Thread thread;
    private final WriterLoop loop;
    private final TopicIds topicIds;
    private final DeadLetters deadLetters;
    private final Snapshots snapshots;
    private final ConsumerLag lag;
    private volatile boolean closing;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final List<ScheduledExecutorService> timers;
    private final List<SourceConnection> connections;

    private CacheWriter(
            WriterLoop loop,
            TopicIds topicIds,
            DeadLetters deadLetters,
            Snapshots snapshots,
            ConsumerLag lag,
            List<ScheduledExecutorService> timers,
            List<SourceConnection> connections) {
        this.snapshots = snapshots;
        this.lag = lag;
        this.loop = loop;
        this.topicIds = topicIds;
        this.deadLetters = deadLetters;
        this.timers = timers;
        this.connections = connections;
        this.thread = new Thread(this::run, "freshet-writer");
    }

    /**
     * Connects and starts.
     *
     * @param bootstrapServers of Kafka
     * @param store stays the caller's to close, after this writer
     * @param meters gets the meters of {@code docs/metrics.md}; one writer for each registry
     * @throws dev.freshet.writer.catalogue.SourceUnavailableException where the source gives no first snapshot
     */
    public static CacheWriter start(
            FreshetConfig config, String bootstrapServers, RedisCacheStore store, MeterRegistry meters) {
        SourceConnection catalogue = new SourceConnection(config.postgres(), "writer", AT_ONCE);
        SourceConnection snapshotting = new SourceConnection(config.postgres(), "writer snapshots", AT_ONCE);
        SourceConnection querying = new SourceConnection(config.postgres(), "writer queries");
        List<SourceConnection> connections = List.of(catalogue, snapshotting, querying);
        ScheduledExecutorService timer = daemon("freshet-writer-timer");
        ScheduledExecutorService snapshotThread = daemon("freshet-writer-snapshots");
        ScheduledExecutorService queryThread = daemon("freshet-writer-queries");
        ScheduledExecutorService letterThread = daemon("freshet-writer-dead-letters");
        List<ScheduledExecutorService> timers = List.of(timer, snapshotThread, queryThread, letterThread);
        KafkaTopicIds topicIds = new KafkaTopicIds(config, bootstrapServers);
        DeadLetterTopic letterTopic = new DeadLetterTopic(config, bootstrapServers);
        DeadLetters deadLetters = new DeadLetters(
                config.pipeline(),
                config.topics().deadLetters(),
                letterTopic::producer,
                letterTopic::make,
                letterThread,
                InstantSource.system(),
                RandomGenerator.getDefault());
        try {
            InvalidationPlanner planner = InvalidationPlanner.of(config.caches());
            Set<String> read =
                    planner.tables().stream().map(config.topics()::of).collect(Collectors.toSet());
            CacheRules rules = new CacheRules(config.caches());
            SourceClock clock = new SourceClock();
            SourceTime sourceTime = new SourceTime(snapshotting, clock);
            sourceTime.look();
            WriterMetrics metrics = metrics(config, meters, clock, read);
            ConsumerLag lag = new ConsumerLag(meters, topicIds, InstantSource.system());
            WatermarkAge watermark = new WatermarkAge(meters, store, config.pipeline(), clock);
            MeasuredStore measured = new MeasuredStore(meters, store, store, store);
            SnapshotSource source = new JdbcSnapshotSource(snapshotting);
            Snapshots snapshots = Snapshots.start(
                    () -> Objects.requireNonNull(metrics.snapshots().record(source::take)),
                    snapshotThread,
                    SNAPSHOT_INTERVAL);
            Duration window = config.writer().fenceWindow();
            Rebuilder rebuilder = new QueryRebuilder(
                    measured,
                    new JdbcValueQuery(querying, new JdbcSnapshotSource(querying)),
                    window.dividedBy(2),
                    queryThread,
                    metrics);
            ChangeApplier applier = new ChangeApplier(measured, rules, timer, window, rebuilder, metrics);
            applier.publishPatterns(config.pipeline()).join();
            WriterLoop loop = new WriterLoop(
                    config.topics(),
                    config.writer(),
                    new KafkaConsumer<>(ConsumerSettings.of(config, bootstrapServers)),
                    new RecordDecoder(
                            planner.tables(),
                            new JdbcCatalogue(catalogue),
                            new JdbcGeneratedColumns(catalogue),
                            new SteadyClock()),
                    planner,
                    applier,
                    measured,
                    deadLetters,
                    snapshots,
                    new Places(measured, config.pipeline(), replicas(config), config.caches()),
                    new Watermarks(store, store, config.topics(), read::contains),
                    topicIds,
                    config.redis().replayOnFailover(),
                    timer,
                    InstantSource.system(),
                    new SteadyClock(),
                    metrics,
                    lag);
            metrics.watch(() -> loop.health().blockedBy(), deadLetters::waiting);
            every(SOURCE_TIME_EVERY, snapshotThread, sourceTime::look);
            every(LAG_EVERY, timer, lag::measure);
            every(WATERMARK_EVERY, timer, watermark::measure);
            CacheWriter writer = new CacheWriter(loop, topicIds, deadLetters, snapshots, lag, timers, connections);
            deadLetters.prepare();
            writer.thread.start();
            return writer;
        } catch (RuntimeException e) {
            timers.forEach(ScheduledExecutorService::shutdownNow);
            topicIds.close();
            connections.forEach(SourceConnection::close);
            throw e;
        }
    }

    private static WriterMetrics metrics(
            FreshetConfig config, MeterRegistry meters, SourceClock clock, Set<String> read) {
        Set<String> topics = new HashSet<>(read);
        topics.add(config.topics().control());
        List<String> caches = config.caches().stream().map(CacheMapping::name).toList();
        return new WriterMetrics(meters, clock, caches, config.tables(), topics);
    }

    private static void every(Duration period, ScheduledExecutorService thread, Runnable task) {
        var unused = thread.scheduleWithFixedDelay(task, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Replicas replicas(FreshetConfig config) {
        int count = config.redis().waitForReplicas();
        return count == 0 ? Replicas.NONE : new Replicas(count, REPLICATION_LIMIT);
    }

    private static ScheduledExecutorService daemon(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private void run() {
        try {
            loop.run();
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            LOG.error("The writer stops: {}", e.getMessage(), e);
            loop.ready().completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    /**
     * Waits until changes committed from now on are applied, and what the attach had to flush is flushed.
     *
     * @return false where that took longer than {@code limit}
     * @throws java.util.concurrent.CompletionException where the writer stopped instead
     */
    public boolean awaitReady(Duration limit) throws InterruptedException {
        try {
            loop.ready().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new java.util.concurrent.CompletionException(e.getCause());
        }
    }

    /**
     * Completes once changes committed from now on are applied, and what was told on the control topic before this call, a
     * gap among it, is flushed. Fails where the writer stops instead.
     */
    public CompletableFuture<Void> readyAsOfNow() {
        CompletableFuture<Void> asked = loop.readyAsOfNow();
        var unused = ended.whenComplete((nothing, failure) ->
                asked.completeExceptionally(failure == null ? new CancellationException("closed") : failure));
        return asked;
    }

    /** Whether it works on: it was neither closed nor did it have to stop. */
    public boolean isAlive() {
        return thread.isAlive() && !closing;
    }

    /**
     * What stands against changes being applied soon, for people, one sentence each; empty where nothing does. Without row
     * values or credentials.
     */
    public List<String> obstacles() {
        if (!isAlive()) {
            return List.of(closing ? "the writer is stopping" : "the writer has stopped");
        }
        List<String> obstacles = new ArrayList<>(loop.health().sentences());
        if (obstacles.isEmpty() && !loop.ready().isDone()) {
            obstacles.add("the writer has not read all that was told before it started");
        }
        lag.trouble().ifPresent(obstacles::add);
        if (snapshots.failing()) {
            obstacles.add("PostgreSQL gives no snapshot, so nothing is acknowledged");
        }
        if (deadLetters.refused()) {
            obstacles.add(
                    "Kafka does not take dead letters, so the offsets of what they are made of are not committed");
        }
        return obstacles;
    }

    /** Completes when the writer was closed; fails with {@link WriterStoppedException} where it had to stop. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Finishes the batch at hand, commits what is acknowledged and stops, within 15 seconds. Idempotent. */
    @Override
    public void close() {
        closing = true;
        loop.stop();
        try {
            thread.join(CLOSE_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        timers.forEach(ScheduledExecutorService::shutdownNow);
        deadLetters.close();
        topicIds.close();
        connections.forEach(SourceConnection::close);
    }
}
