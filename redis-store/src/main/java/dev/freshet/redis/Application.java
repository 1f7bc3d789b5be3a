package dev.freshet.redis;

import dev.freshet.redis.CacheStore.Outcome;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
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
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;

    private final List<KeyCommand> plain = new ArrayList<>();
    private final List<KeyCommand.Invalidate> fenced = new ArrayList<>();
    private final List<KeyCommand.Invalidate> guarded = new ArrayList<>();
    private final List<KeyCommand.Store> stores = new ArrayList<>();

    Application(
            RedisLink link,
            CommandScripts scripts,
            RedisClusterAsyncCommands<byte[], byte[]> redis,
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
        inCalls(
                plain,
                batch -> parts.add(redis.unlink(batch.stream()
                                .map(command -> Utf8.encode(command.key()))
                                .toArray(byte[][]::new))
                        .thenApply(Application::removed)
                        .toCompletableFuture()));
        inCalls(fenced, batch -> parts.add(remove(scripts.invalidate(batch))));
        inCalls(guarded, batch -> parts.add(remove(scripts.remove(batch))));
        if (link.cluster()) {
            parts.add(new ClusterStores(link, scripts, redis, this::store)
                    .run(storesBySlot())
                    .toCompletableFuture());
            return parts;
        }
        int from = 0;
        while (from < stores.size()) {
            ScriptCall call = scripts.emptyStore();
            int to = from;
            while (to < stores.size() && to - from < STORED_AT_ONCE && call.size() < STORED_BYTES_AT_ONCE) {
                scripts.add(call, stores.get(to++));
            }
            parts.add(store(call, stores.subList(from, to)).toCompletableFuture());
            from = to;
        }
        return parts;
    }

    private List<List<List<KeyCommand.Store>>> storesBySlot() {
        List<List<List<KeyCommand.Store>>> bySlot = new ArrayList<>();
        for (List<KeyCommand.Store> together : SlotTag.bySlot(stores, store -> SlotTag.slot(store.key()))) {
            List<List<KeyCommand.Store>> calls = new ArrayList<>();
            long size = 0;
            for (KeyCommand.Store store : together) {
                List<KeyCommand.Store> last = calls.isEmpty() ? List.of() : calls.get(calls.size() - 1);
                if (calls.isEmpty() || last.size() == STORED_AT_ONCE || size >= STORED_BYTES_AT_ONCE) {
                    last = new ArrayList<>();
                    calls.add(last);
                    size = 0;
                }
                last.add(store);
                size += CommandScripts.size(store);
            }
            bySlot.add(calls);
        }
        return bySlot;
    }

    private CompletableFuture<Outcome> remove(ScriptCall call) {
        return link.run(redis, call).thenApply(answer -> removed(answer.get(0))).toCompletableFuture();
    }

    private CompletionStage<Outcome> store(ScriptCall call, List<KeyCommand.Store> batch) {
        return link.run(redis, call)
                .thenApply(answer -> new Outcome(
                        0,
                        answer.get(0).intValue(),
                        answer.get(1).intValue(),
                        answer.get(2).intValue()))
                .exceptionallyCompose(
                        failure -> full(failure) ? removeInstead(batch) : CompletableFuture.failedStage(failure));
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

    /** In a cluster each call has keys of one slot, and a plain removal one key, which no open slot refuses. */
    private <T extends KeyCommand> void inCalls(List<T> all, Consumer<List<T>> send) {
        if (!link.cluster()) {
            inBatches(all, REMOVED_AT_ONCE, send);
        } else if (all == plain) {
            inBatches(all, 1, send);
        } else {
            SlotTag.bySlot(all, command -> SlotTag.slot(command.key()))
                    .forEach(together -> inBatches(together, REMOVED_AT_ONCE, send));
        }
    }

    private static <T> void inBatches(List<T> all, int most, Consumer<List<T>> send) {
        for (int from = 0; from < all.size(); from += most) {
            send.accept(all.subList(from, Math.min(all.size(), from + most)));
        }
    }
}
