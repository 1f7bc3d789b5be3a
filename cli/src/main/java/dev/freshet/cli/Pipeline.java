package dev.freshet.cli;

import dev.freshet.cli.console.Console;
import dev.freshet.cli.http.AddressTakenException;
import dev.freshet.cli.http.HealthRoutes;
import dev.freshet.cli.http.HttpServer;
import dev.freshet.cli.http.MetricsRoutes;
import dev.freshet.cli.http.Routes;
import dev.freshet.listener.Listener;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.HostPort;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.CacheWriter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Listener and writer, put together in this process, with a broker of their own where the configuration names no Kafka.
 * Thread-safe.
 */
public final class Pipeline implements AutoCloseable {

    /** Which parts run in this process. */
    public enum Stages {
        LISTENER,
        WRITER,
        BOTH;

        boolean listens() {
            return this != WRITER;
        }

        boolean writes() {
            return this != LISTENER;
        }
    }

    /** What has to be closed, the newest first. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final PipelineHealth health;
    private Optional<Listener> listener = Optional.empty();
    private Optional<CacheWriter> writer = Optional.empty();
    private Optional<CompletableFuture<Void>> writerReady = Optional.empty();

    private Pipeline(Stages stages) {
        this.health = new PipelineHealth(stages);
    }

    /**
     * Connects and starts; returns before it is ready. Checks nothing that {@link dev.freshet.cli.check.Checks} does.
     *
     * @param out where the address of each server is printed, {@code name<TAB>address} on a line of its own
     * @throws AddressTakenException where metrics and health cannot be served; nothing was connected to
     * @throws RuntimeException where a part cannot start; what had started is closed
     */
    public static Pipeline start(FreshetConfig config, Stages stages, PrintStream out) {
        Pipeline pipeline = new Pipeline(stages);
        try {
            pipeline.open(config, stages, new Addresses(out));
            return pipeline;
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    private void open(FreshetConfig config, Stages stages, Addresses addresses) {
        Telemetry telemetry = new Telemetry(config.pipeline());
        parts.push(telemetry);
        Optional<Console> console = serve(config, stages, telemetry, addresses);
        addresses.tell("postgres", Addresses.ofPostgres(config.postgres()));
        String kafka = kafka(config, stages);
        addresses.tell("kafka", kafka);
        console.ifPresent(page -> page.start(kafka));
        if (stages.listens()) {
            Listener created = Listener.create(config, kafka, telemetry.registry());
            parts.push(created);
            created.start();
            listener = Optional.of(created);
            health.started(created);
        }
        if (stages.writes()) {
            addresses.tell("redis", Addresses.ofRedis(config.redis().url().reveal()));
            RedisCacheStore store =
                    RedisCacheStore.at(config.redis(), config.writer().fenceWindow());
            parts.push(store);
            CacheWriter started = CacheWriter.start(config, kafka, store, telemetry.registry());
            parts.push(started);
            writer = Optional.of(started);
            health.started(started);
        }
    }

    /** First of all, and until the end: so that it can be seen what the rest is doing. */
    private Optional<Console> serve(FreshetConfig config, Stages stages, Telemetry telemetry, Addresses addresses) {
        List<Routes> routes = List.of(new MetricsRoutes(telemetry::scrape), new HealthRoutes(health));
        if (stages.listens()) {
            telemetry.readiness("listener", health);
            serve("listener", config.listener().http(), routes, addresses);
        }
        if (stages.writes()) {
            telemetry.readiness("writer", health);
            Console console = new Console(config, telemetry.registry(), health, Version.number());
            List<Routes> all = new ArrayList<>(routes);
            all.add(console);
            serve("writer", config.writer().http(), all, addresses);
            parts.push(console);
            return Optional.of(console);
        }
        return Optional.empty();
    }

    private void serve(String part, HostPort at, List<Routes> routes, Addresses addresses) {
        try {
            HttpServer server = HttpServer.start(at, routes);
            parts.push(server);
            addresses.tell(part + "-http", server.address().toString());
        } catch (AddressTakenException e) {
            throw new CommandFailedException(ExitCode.USAGE, part + ".http: " + e.getMessage());
        }
    }

    private String kafka(FreshetConfig config, Stages stages) {
        if (config.kafka().bootstrapServers().isEmpty() && stages == Stages.BOTH) {
            OwnBroker broker = OwnBroker.start(config.kafka().dataDir());
            parts.push(broker);
            return broker.address();
        }
        return KafkaAddress.of(config);
    }

    /**
     * Waits until changes committed from now on will be applied, and what the attach had to flush is flushed.
     *
     * @return false where that took longer than the limit, or the writer had to stop
     */
    public boolean awaitReady(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        if (listener.isPresent() && !listener.get().awaitStreaming(limit)) {
            return false;
        }
        if (writer.isEmpty()) {
            return true;
        }
        try {
            writerReady(writer.get()).get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            return false;
        }
    }

    /** As of the moment when the listener streams: a gap that it found is told by then, perhaps after the writer was ready. */
    private synchronized CompletableFuture<Void> writerReady(CacheWriter started) {
        CompletableFuture<Void> ready = writerReady.orElseGet(started::readyAsOfNow);
        writerReady = Optional.of(ready);
        return ready;
    }

    /** Completes when the writer ended, in whatever way; never where there is none. */
    public CompletableFuture<Void> ended() {
        return writer.map(CacheWriter::ended).orElseGet(CompletableFuture::new);
    }

    /** Why the writer had to stop; empty while it works. */
    public Optional<Throwable> failure() {
        CompletableFuture<Void> ended = ended();
        if (!ended.isCompletedExceptionally()) {
            return Optional.empty();
        }
        try {
            ended.join();
            return Optional.empty();
        } catch (CompletionException e) {
            return Optional.of(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Stops the parts, the newest first, each within its own limit. Idempotent. */
    @Override
    public synchronized void close() {
        health.stopping();
        Optional<RuntimeException> failure = Optional.empty();
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                RuntimeException first = failure.orElseGet(() -> new IllegalStateException("a part did not close", e));
                failure = Optional.of(first);
            }
        }
        failure.ifPresent(thrown -> {
            throw thrown;
        });
    }
}
