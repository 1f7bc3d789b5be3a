package dev.freshet.cli.status;

import dev.freshet.cli.status.Facts.Answer;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisCacheStore;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** Asks Redis. Thread-safe. */
final class CacheProbe implements AutoCloseable {

    private final RedisCacheStore store;
    private final String pipeline;

    CacheProbe(FreshetConfig config, Duration limit) {
        this.store = RedisCacheStore.at(config.redis(), config.writer().fenceWindow(), limit);
        this.pipeline = config.pipeline();
    }

    Answer<Facts.Cache> ask() {
        try {
            return new Answer.Told<>(new Facts.Cache(
                    store.watermark(pipeline).toCompletableFuture().join()));
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Answer.Silent<>(String.valueOf(cause.getMessage()));
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
