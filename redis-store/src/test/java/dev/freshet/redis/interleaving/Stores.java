package dev.freshet.redis.interleaving;

import static org.awaitility.Awaitility.await;

import dev.freshet.redis.AlteredScripts;
import dev.freshet.redis.AlteredScripts.Alteration;
import dev.freshet.redis.ReadStore;
import dev.freshet.redis.ReadStore.Ticket;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.redis.SteppedTags;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The real stores, opened when they are first used, with the same changes to their scripts. Confined to one thread. */
final class Stores implements AutoCloseable {

    /** Nobody else's key. */
    private static final String MARKER = "marker";

    private final String url;
    private final RedisClient client;
    private final List<Alteration> alterations;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable RedisCacheStore writers;
    private @Nullable ReadStore readers;
    private @Nullable SteppedTags tags;

    Stores(String url, RedisClient client, List<Alteration> alterations) {
        this.url = url;
        this.client = client;
        this.alterations = alterations;
    }

    RedisCacheStore writers() {
        if (writers == null) {
            writers = opened(AlteredScripts.open(url, Cache.WINDOW, alterations));
        }
        return writers;
    }

    /** As an application reads, and listening by now for the end of others' loads. */
    ReadStore readers() {
        if (readers == null) {
            readers = opened(AlteredScripts.readers(client, Cache.WINDOW, alterations));
            await().pollInterval(Duration.ofMillis(1)).until(() -> hears(Duration.ofMillis(10)));
        }
        return readers;
    }

    SteppedTags tags() {
        if (tags == null) {
            tags = opened(AlteredScripts.tags(client, Cache.WINDOW, alterations));
        }
        return tags;
    }

    /** Until readers have heard all that was told so far: it comes to them in order. */
    void awaitHeard() {
        if (!hears(Duration.ofSeconds(20))) {
            throw new IllegalStateException("readers hear nothing");
        }
    }

    private boolean hears(Duration time) {
        ReadStore store = readers();
        Ticket.Granted granted = (Ticket.Granted) answer(store.lease(MARKER));
        Ticket.Waiting waiting = (Ticket.Waiting) answer(store.lease(MARKER));
        answer(store.release(MARKER, granted.token()));
        try {
            waiting.woken().get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            store.stopWaiting(MARKER, waiting);
        }
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private <T extends AutoCloseable> T opened(T store) {
        opened.add(store);
        return store;
    }

    @Override
    public void close() {
        for (AutoCloseable store : opened) {
            try {
                store.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
