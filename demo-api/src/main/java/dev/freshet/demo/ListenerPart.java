package dev.freshet.demo;

import dev.freshet.cli.Pipeline;
import dev.freshet.demo.arena.ListenerSwitch;
import dev.freshet.model.config.FreshetConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The pipeline's listener, which can be stopped and started again. Thread-safe. */
final class ListenerPart implements ListenerSwitch, AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final FreshetConfig config;
    private Optional<Pipeline> running = Optional.empty();
    private boolean closed;

    private ListenerPart(FreshetConfig config) {
        this.config = config;
    }

    /** Prints its address to {@code out}; those of the servers were printed by the writer. */
    static ListenerPart start(FreshetConfig config, PrintStream out) {
        ListenerPart part = new ListenerPart(config);
        part.open().lines().filter(line -> line.startsWith("listener")).forEach(out::println);
        return part;
    }

    private synchronized String open() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        if (running.isEmpty() && !closed) {
            PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
            running = Optional.of(Pipeline.start(config, Pipeline.Stages.LISTENER, out));
        }
        return told.toString(StandardCharsets.UTF_8);
    }

    /** Returns false where it does not stream in that time. */
    boolean awaitReady(Duration limit) throws InterruptedException {
        Optional<Pipeline> listener;
        synchronized (this) {
            listener = running;
        }
        return listener.isPresent() && listener.get().awaitReady(limit);
    }

    @Override
    public synchronized void stop() {
        running.ifPresent(Pipeline::close);
        running = Optional.empty();
    }

    @Override
    public void start() {
        open();
        try {
            if (!awaitReady(START_LIMIT)) {
                throw new PipelineException("the listener did not start again in " + START_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop();
    }
}
