package dev.freshet.listener;

import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run of the engine, from a position until it stops for whatever reason; then nothing more is sent. Thread-safe. */
final class CaptureRun implements AutoCloseable {

    private static final Duration LOOK_AT_TOPICS_EVERY = Duration.ofSeconds(3);

    private final ChangePublisher publisher;
    private final ScheduledExecutorService scheduler;
    private final PositionWriter positions;
    private final ChangeHandler handler;
    private final Heartbeats heartbeats;
    private final Engine engine;
    private final CompletableFuture<Object> failed = new CompletableFuture<>();
    private final CompletableFuture<Object> over;

    /**
     * @param seen what the start's state of the source was made of
     * @param metrics told what goes through
     * @param streaming called when the first message that this run wrote came back, and again with each later one
     */
    CaptureRun(
            CaptureSettings settings,
            SourceAddress address,
            StoredPosition start,
            SourceReader.Seen seen,
            ChangePublisher publisher,
            ListenerMetrics metrics,
            Runnable streaming) {
        this.publisher = publisher;
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "freshet-heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        String pipeline = settings.topics().pipeline();
        this.positions = new PositionWriter(pipeline, settings.topics().offsets(), start, publisher, this::fail);
        this.heartbeats = new Heartbeats(
                settings,
                address,
                UUID.randomUUID().toString(),
                publisher,
                positions,
                new SourceGuard(settings, start, seen, publisher, positions, metrics::gap, this::fail),
                start,
                scheduler,
                new Heartbeats.Observer() {
                    @Override
                    public void stored(Heartbeats.Beat beat) {
                        metrics.beat(beat.sourceTime());
                    }

                    @Override
                    public void returned() {
                        streaming.run();
                    }

                    @Override
                    public void failed(Exception cause) {
                        fail(cause);
                    }
                });
        ChangeHandler.Sources sources = new ChangeHandler.Sources(
                pipeline + ".message",
                settings.tables().stream().map(settings.topics()::of).collect(Collectors.toUnmodifiableSet()));
        this.handler = new ChangeHandler(
                sources,
                publisher,
                new InFlight(start.lsn(), publisher.endOffsets()),
                positions,
                heartbeats,
                start,
                metrics,
                this::fail);
        Properties engineProperties = EngineProperties.of(settings, address, start.lsn());
        engineProperties.setProperty(EngineQueue.TAKER, EngineQueue.expect(handler::takeAlone));
        this.engine = new Engine(engineProperties, handler);
        this.over = CompletableFuture.anyOf(failed, engine.ended());
    }

    void start() {
        engine.start();
        heartbeats.start();
        var unused = scheduler.scheduleWithFixedDelay(
                () -> publisher.check(this::fail),
                LOOK_AT_TOPICS_EVERY.toMillis(),
                LOOK_AT_TOPICS_EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Completes when the run is over, exceptionally where something failed. */
    CompletableFuture<Object> over() {
        return over;
    }

    /** Ends the run because of this; nothing more is sent. */
    void fail(Exception cause) {
        handler.stop();
        failed.completeExceptionally(cause);
    }

    /** Stops the engine. What Kafka has not stored by then comes again from the slot. */
    @Override
    public void close() {
        boolean broken = over.isCompletedExceptionally();
        handler.stop();
        heartbeats.close();
        if (broken) {
            // Another listener may hold the slot already.
            publisher.abandon();
        }
        engine.close();
        scheduler.shutdown();
        try {
            if (!scheduler.awaitTermination(Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS)) {
                scheduler.shutdownNow();
            }
        } catch (InterruptedException e) {
            scheduler.shutdownNow();
            Thread.currentThread().interrupt();
        }
        publisher.close();
    }
}
