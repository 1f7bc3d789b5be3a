package dev.freshet.redis;

import dev.freshet.redis.CacheStore.Outcome;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The application of one list of commands: sorted by the way they are sent, sent all at once in calls of bounded size.
 * Used once, by one thread.
 */
final class Application {

    /** Few enough to take Redis about a millisecond. */
    private static final int REMOVED_AT_ONCE = 256;

    private static final int STORED_AT_ONCE = 64;
    private static final long STORED_BYTES_AT_ONCE = 512 * 1024;

    private final RedisLink link;
    private final CommandScripts scripts;
    private final RedisAsyncCommands<byte[], byte[]> redis;

    private final List<KeyCommand> plain = new ArrayList<>();
    private final List<KeyCommand.Invalidate> fenced = new ArrayList<>();
    private final List<KeyCommand.Invalidate> guarded = new ArrayList<>();
    private final List<KeyCommand.Store> stores = new ArrayList<>();

    Application(
            RedisLink link,
            CommandScripts scripts,
            RedisAsyncCommands<byte[], byte[]> redis,
            List<KeyCommand> commands) {
        this.link = link;
        this.scripts = scripts;
        this.redis = redis;
        for (KeyCommand command : commands) {
            if (command instanceof KeyCommand.Invalidate invalidate) {
                sort(invalidate);
            } else if (command instanceof KeyCommand.Store store) {
                stores.add(store);
            }
        }
    }

    private void sort(KeyCommand.Invalidate command) {
        if (command.guard() || command.field().isPresent()) {
            guarded.add(command);
        } else if (command.fence().isNone()) {
            plain.add(command);
        } else {
            fenced.add(command);
        }
    }

    /** Completes when Redis has replied to every call. */
    CompletionStage<Outcome> run() {
        List<CompletableFuture<Outcome>> parts = sent();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(all -> parts.stream().map(CompletableFuture::join).reduce(Outcome.NOTHING, Outcome::and));
    }

    private List<CompletableFuture<Outcome>> sent() {
        List<CompletableFuture<Outcome>> parts = new ArrayList<>();
        inBatches(
                plain,
                batch -> parts.add(redis.unlink(batch.stream()
                                .map(command -> Utf8.encode(command.key()))
                                .toArray(byte[][]::new))
                        .thenApply(Application::removed)
                        .toCompletableFuture()));
        inBatches(fenced, batch -> parts.add(remove(scripts.invalidate(batch))));
        inBatches(guarded, batch -> parts.add(remove(scripts.remove(batch))));
        int from = 0;
        while (from < stores.size()) {
            ScriptCall call = scripts.emptyStore();
            int to = from;
            while (to < stores.size() && to - from < STORED_AT_ONCE && call.size() < STORED_BYTES_AT_ONCE) {
                scripts.add(call, stores.get(to++));
            }
            parts.add(store(call, stores.subList(from, to)));
            from = to;
        }
        return parts;
    }

    private CompletableFuture<Outcome> remove(ScriptCall call) {
        return link.run(redis, call).thenApply(answer -> removed(answer.get(0))).toCompletableFuture();
    }

    private CompletableFuture<Outcome> store(ScriptCall call, List<KeyCommand.Store> batch) {
        return link.run(redis, call)
                .thenApply(answer -> new Outcome(
                        0,
                        answer.get(0).intValue(),
                        answer.get(1).intValue(),
                        answer.get(2).intValue()))
                .exceptionallyCompose(
                        failure -> full(failure) ? removeInstead(batch) : CompletableFuture.failedStage(failure))
                .toCompletableFuture();
    }

    /** A full Redis refuses new values; the old ones must go all the same. */
    private CompletionStage<Outcome> removeInstead(List<KeyCommand.Store> batch) {
        List<KeyCommand.Invalidate> removals = batch.stream()
                .map(store -> new KeyCommand.Invalidate(
                        store.key(), store.field(), store.fence(), Optional.of(store.position()), true))
                .toList();
        return remove(scripts.remove(removals)).thenApply(removed -> new Outcome(0, 0, batch.size(), 0));
    }

    private static Outcome removed(long keys) {
        return new Outcome((int) keys, 0, 0, 0);
    }

    private static boolean full(Throwable failure) {
        return Refusal.asksFor(Refusal.Remedy.REMOVE_INSTEAD, RedisLink.cause(failure));
    }

    private static <T> void inBatches(List<T> all, Consumer<List<T>> send) {
        for (int from = 0; from < all.size(); from += REMOVED_AT_ONCE) {
            send.accept(all.subList(from, Math.min(all.size(), from + REMOVED_AT_ONCE)));
        }
    }
}
