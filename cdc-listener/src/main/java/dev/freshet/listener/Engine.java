package dev.freshet.listener;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of Debezium's engine on a thread of its own. Thread-safe. */
final class Engine implements AutoCloseable {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);
    private static final Duration START_LIMIT = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;

    Engine(Properties properties, ChangeHandler handler) {
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(properties)
                .using(OffsetCommitPolicy.always())
                .using((success, message, error) -> {
                    if (success || error == null) {
                        ended.complete(null);
                    } else {
                        ended.completeExceptionally(error);
                    }
                })
                .notifying(handler)
                .build();
        this.thread = new Thread(engine, "freshet-engine");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Completes when the engine has ended, exceptionally where it failed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        long begin = System.nanoTime();
        long end = begin + CLOSE_LIMIT.toNanos();
        while (!ended.isDone() && System.nanoTime() - end < 0) {
            try {
                engine.close();
                break;
            } catch (IllegalStateException e) {
                // Debezium refuses while its tasks start, and when it is stopping already.
                if (!awaitEnd(Duration.ofMillis(100)) && System.nanoTime() - begin > START_LIMIT.toNanos()) {
                    // It asks half an hour for a slot that the server gave up, say.
                    thread.interrupt();
                }
            } catch (IOException e) {
                LOG.warn("The engine did not close properly", e);
                break;
            }
        }
        if (!awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
            LOG.warn("The engine has not ended within {}", CLOSE_LIMIT);
        }
    }

    private boolean awaitEnd(Duration limit) {
        try {
            ended.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
