package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Origin;
import dev.freshet.model.Position;
import dev.freshet.model.RowChange;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TransactionIds;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.writer.plan.CacheAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * Applies the actions of one poll to Redis: single keys in one call, sets of keys and rebuilt values beside it. Confined
 * to one thread.
 */
public final class ChangeApplier {

    private final CacheStore store;
    private final CacheRules rules;
    private final Sweeper sweeper;
    private final Duration fenceWindow;
    private final Rebuilder rebuilder;

    public ChangeApplier(
            CacheStore store,
            CacheRules rules,
            ScheduledExecutorService timer,
            Duration fenceWindow,
            Rebuilder rebuilder) {
        this.store = store;
        this.rules = rules;
        this.fenceWindow = fenceWindow;
        this.rebuilder = rebuilder;
        this.sweeper = new Sweeper(store, timer, fenceWindow.dividedBy(2));
    }

    /** The work of one poll, gathered change by change. Confined to one thread. */
    public final class Work {

        private final Snapshot near;
        private final KeyBatch keys = new KeyBatch(rules, fenceWindow);
        private final List<Supplier<Sweeper.Progress>> wide = new ArrayList<>();
        private final List<Rebuilder.Request> rebuilds = new ArrayList<>();
        private final Set<Long> transactions = new HashSet<>();
        private Duration redelete = Duration.ZERO;
        private final KeyBatch redeleted = new KeyBatch(rules, fenceWindow);

        private Work(Snapshot near) {
            this.near = near;
        }

        /** Adds a change's actions. */
        public void add(RowChange change, List<CacheAction> actions) {
            Origin origin = change.origin();
            Fence fence = Fence.REFUSE_ALL;
            if (origin.transaction().isPresent()) {
                long id = TransactionIds.widen(origin.transaction().getAsLong(), near.xmax());
                fence = Fence.of(id);
                if (!actions.isEmpty()) {
                    transactions.add(id);
                }
            }
            for (CacheAction action : actions) {
                add(action, origin, fence);
            }
        }

        private void add(CacheAction action, Origin origin, Fence fence) {
            if (action instanceof CacheAction.Remove remove) {
                keys.remove(remove.mapping(), remove.key(), remove.field(), origin, fence);
                again(remove.mapping(), remove.key(), remove.field(), origin, fence);
            } else if (action instanceof CacheAction.Put put) {
                keys.put(put, origin, fence);
            } else if (action instanceof CacheAction.Rebuild rebuild) {
                keys.remove(rebuild.mapping(), rebuild.key(), rebuild.field(), origin, fence);
                rebuilds.add(new Rebuilder.Request(rebuild, fence.transactions(), rules.patterns(rebuild.key())));
            } else if (action instanceof CacheAction.Sweep sweep) {
                wide.add(() -> sweep(sweep.mapping(), sweepOf(sweep), fence, origin.position()));
            }
        }

        private void again(CacheMapping mapping, String key, Optional<String> field, Origin origin, Fence fence) {
            mapping.redeleteAfter().ifPresent(delay -> {
                redelete = redelete.compareTo(delay) < 0 ? delay : redelete;
                redeleted.remove(mapping, key, field, origin, fence);
            });
        }

        /** What this work does to single keys. */
        public List<KeyCommand> commands(Instant now) {
            return keys.commands(now);
        }

        /** What is to be removed a second time, {@link #redelete()} after the first. */
        public List<KeyCommand> redeleted(Instant now) {
            return redeleted.commands(now);
        }

        public Duration redelete() {
            return redelete;
        }

        /** The transactions whose changes touch some key, 64 bits. */
        public Set<Long> transactions() {
            return transactions;
        }

        /**
         * Starts what goes beside the single keys, once these are applied.
         *
         * @return completes when nothing of it is under way any more; never fails
         */
        public CompletableFuture<Void> startWide() {
            rebuilds.forEach(rebuilder::rebuild);
            return CompletableFuture.allOf(
                    wide.stream().map(sweep -> sweep.get().settled()).toArray(CompletableFuture[]::new));
        }

        /** The sweeps, to be started again where the change stays invisible for long. */
        public List<Runnable> sweeps() {
            return wide.stream()
                    .map(sweep -> (Runnable) () -> {
                        var unused = sweep.get();
                    })
                    .toList();
        }
    }

    /** @param near a recent snapshot of the source, to widen the log's transaction ids */
    public Work work(Snapshot near) {
        return new Work(near);
    }

    /**
     * Removes every entry of every mapping. Completes when they are gone; never fails.
     *
     * @param position from where on changes are known again; empty where that is not known
     */
    public CompletableFuture<Void> flush(Optional<Position> position) {
        return CompletableFuture.allOf(rules.mappings().stream()
                .map(mapping -> sweep(mapping, whole(mapping), Fence.REFUSE_ALL, position)
                        .applied())
                .toArray(CompletableFuture[]::new));
    }

    private Sweeper.Progress sweep(
            CacheMapping mapping, Sweeper.Sweep sweep, Fence fence, Optional<Position> position) {
        return sweeper.sweep(sweep, mapping.safeFills() ? fence : Fence.NONE, position);
    }

    private Sweeper.Sweep sweepOf(CacheAction.Sweep sweep) {
        return new Sweeper.Sweep(
                rules.scan(sweep.mapping()).glob(),
                sweep.keys(),
                sweep.field(),
                sweep.mapping().safeFills(),
                rules.guarded(sweep.mapping()));
    }

    private Sweeper.Sweep whole(CacheMapping mapping) {
        return new Sweeper.Sweep(
                rules.scan(mapping).glob(),
                rules.scan(mapping),
                rules.fields(mapping),
                mapping.safeFills(),
                rules.guarded(mapping));
    }

    /** Publishes the patterns under which fills and refreshes look for fences. */
    public CompletableFuture<Void> publishPatterns(String pipeline) {
        return store.publishPatterns(pipeline, rules.fencedGlobs(), rules.unfencedGlobs())
                .toCompletableFuture();
    }
}
