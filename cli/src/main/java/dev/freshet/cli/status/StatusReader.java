package dev.freshet.cli.status;

import dev.freshet.cli.status.Facts.Answer;
import dev.freshet.model.config.FreshetConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Asks the servers how a pipeline does, and judges it. Reads only; needs no right that the pipeline does not need. Keeps its
 * connections between two calls. Thread-safe; one call at a time.
 */
public final class StatusReader implements AutoCloseable {

    /** How long each server may take. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final SourceProbe source;
    private final Optional<LogProbe> log;
    private final CacheProbe cache;
    private final Judge judge;
    private final ExecutorService threads = Executors.newFixedThreadPool(3, task -> {
        Thread thread = new Thread(task, "freshet-status");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Connects at the first call.
     *
     * @param bootstrapServers of Kafka; empty where none works, as where {@code run} would start one
     */
    public StatusReader(FreshetConfig config, Optional<String> bootstrapServers, Thresholds thresholds) {
        this.source = new SourceProbe(config, LIMIT);
        this.log = bootstrapServers.map(servers -> new LogProbe(config, servers, LIMIT));
        this.cache = new CacheProbe(config, LIMIT);
        this.judge = new Judge(config.pipeline(), thresholds);
    }

    /** Takes some seconds where a server does not answer. */
    public synchronized Status read() {
        var ofSource = CompletableFuture.supplyAsync(source::ask, threads);
        var ofLog = CompletableFuture.supplyAsync(this::askLog, threads);
        var ofCache = CompletableFuture.supplyAsync(cache::ask, threads);
        return judge.judge(new Facts(ofSource.join(), ofLog.join(), ofCache.join()), Instant.now());
    }

    private Answer<Facts.Log> askLog() {
        return log.isPresent() ? log.get().ask() : new Answer.Silent<>("no embedded broker works on kafka.data-dir");
    }

    @Override
    public synchronized void close() {
        threads.shutdown();
        source.close();
        log.ifPresent(LogProbe::close);
        cache.close();
    }
}
