package dev.freshet.client;

import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.ReadStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A Redis in memory that answers at once, or when the test lets it. Without fences: a lease always stands. */
final class FakeReadStore implements ReadStore {

    final Map<String, byte[]> values = new HashMap<>();

    /** What was asked, in order. */
    final List<String> asked = new ArrayList<>();

    Optional<Watermark> watermark = Optional.empty();
    boolean away;
    boolean oneServer = true;

    /** Whether somebody else holds each lease. */
    boolean leased;

    private boolean holding;
    private final List<Runnable> held = new ArrayList<>();

    /** From now on, what is told of values arrives only when let go; it is what stood when it was asked. */
    void holdValues() {
        holding = true;
    }

    void letGo() {
        holding = false;
        List<Runnable> all = List.copyOf(held);
        held.clear();
        all.forEach(Runnable::run);
    }

    private <T> CompletionStage<T> answer(String what, T told, boolean hold) {
        asked.add(what);
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable tell = () -> {
            if (away) {
                answer.completeExceptionally(new CacheUnavailableException("away", new IllegalStateException("away")));
            } else {
                answer.complete(told);
            }
        };
        if (hold) {
            held.add(tell);
        } else {
            tell.run();
        }
        return answer;
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return answer("get", Optional.ofNullable(values.get(key)), holding);
    }

    @Override
    public CompletionStage<List<Optional<byte[]>>> getAll(List<String> keys) {
        return answer(
                "getAll",
                keys.stream().map(key -> Optional.ofNullable(values.get(key))).toList(),
                holding);
    }

    @Override
    public boolean isOneServer() {
        return oneServer;
    }

    @Override
    public CompletionStage<Attested> attested(String pipeline, List<String> keys) {
        return answer(
                "attested",
                new Attested(
                        watermark,
                        keys.stream()
                                .map(key -> Optional.ofNullable(values.get(key)))
                                .toList()),
                holding);
    }

    @Override
    public CompletionStage<Optional<Watermark>> watermark(String pipeline) {
        return answer("watermark", watermark, false);
    }

    @Override
    public CompletionStage<Ticket> lease(String key) {
        return answer("lease", ticket(key), false);
    }

    @Override
    public CompletionStage<List<Ticket>> leaseAll(List<String> keys) {
        return answer("leaseAll", keys.stream().map(this::ticket).toList(), false);
    }

    private Ticket ticket(String key) {
        if (values.containsKey(key)) {
            return new Ticket.Present();
        }
        return leased ? new Ticket.Waiting(new CompletableFuture<>()) : new Ticket.Granted("token");
    }

    @Override
    public void stopWaiting(String key, Ticket.Waiting ticket) {}

    @Override
    public CompletionStage<Filled> fill(Fill fill, byte[] value) {
        values.put(fill.key(), value);
        return answer("fill", Filled.STORED, false);
    }

    @Override
    public CompletionStage<Void> release(String key, String token) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> remove(String key) {
        values.remove(key);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Long> drop(List<String> keys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Long> dropTag(String tag, Snapshot now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Void> touch(List<String> tags) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {}
}
