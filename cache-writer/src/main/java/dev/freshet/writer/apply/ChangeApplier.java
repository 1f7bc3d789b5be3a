package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Origin;
import dev.freshet.model.Position;
import dev.freshet.model.RowChange;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TableId;
import dev.freshet.model.TransactionIds;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.writer.metrics.CacheMetrics;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.plan.CacheAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Applies the actions of one poll to Redis: single keys in one call, sets of keys and rebuilt values beside it. Confined
 * to one thread.
 */
public final class ChangeApplier {

    /** Newer than any: nothing releases it but a snapshot that sees it. */
    private static final long UNKNOWN_EPOCH = Long.MAX_VALUE;

    /** The snapshot that ids are compared with may be as old as the last change. */
    private static final long FURTHEST_AHEAD = 1L << 24;

    private final CacheStore store;
    private final CacheRules rules;
    private final Sweeper sweeper;
    /** Beside the sweeps, which take as long as the whole keyspace does. */
    private final Sweeper tags;

    private final Duration fenceWindow;
    private final Rebuilder rebuilder;
    private final WriterMetrics metrics;

    /** @param metrics told what becomes of the changes, by cache */
    public ChangeApplier(
            CacheStore store,
            CacheRules rules,
            ScheduledExecutorService timer,
            Duration fenceWindow,
            Rebuilder rebuilder,
            WriterMetrics metrics) {
        this.metrics = metrics;
        this.store = store;
        this.rules = rules;
        this.fenceWindow = fenceWindow;
        this.rebuilder = rebuilder;
        this.sweeper = new Sweeper(store, timer, fenceWindow.dividedBy(2));
        this.tags = new Sweeper(store, timer, fenceWindow.dividedBy(2));
    }

    /** A change that touches a cache. */
    private record Touch(CacheMetrics cache, Instant committed) {
        void applied() {
            cache.applied(committed);
        }
    }

    /** What changes do to a set of keys, and the cache by which it is counted. */
    private record SetChange(String cache, Cause cause, List<Touch> touches) {
        SetChange and(SetChange other) {
            List<Touch> all = new ArrayList<>(touches);
            all.addAll(other.touches);
            return new SetChange(cache, cause.and(other.cause), all);
        }
    }

    /** The work of one poll, gathered change by change. Confined to one thread. */
    public final class Work {

        private final Snapshot near;
        private final KeyBatch keys = new KeyBatch(rules, fenceWindow);
        private final Map<Wide, SetChange> wide = new LinkedHashMap<>();
        private final List<Touch> touches = new ArrayList<>();
        private final List<Rebuilder.Request> rebuilds = new ArrayList<>();
        private final Map<Long, Long> transactions = new HashMap<>();
        private Duration redelete = Duration.ZERO;
        private final KeyBatch redeleted = new KeyBatch(rules, fenceWindow);

        private Work(Snapshot near) {
            this.near = near;
        }

        /**
         * Adds a change's actions.
         *
         * @param epoch in which the listener was; empty for other listeners' records
         */
        public void add(RowChange change, List<CacheAction> actions, OptionalLong epoch) {
            Origin origin = change.origin();
            Fence fence = Fence.REFUSE_ALL;
            if (origin.transaction().isPresent()) {
                long id = TransactionIds.widen(origin.transaction().getAsLong(), near.xmax());
                boolean likely = id < near.xmax() + FURTHEST_AHEAD;
                fence = likely ? Fence.of(id) : Fence.REFUSE_ALL;
                if (likely && !actions.isEmpty()) {
                    transactions.merge(id, epoch.orElse(UNKNOWN_EPOCH), Math::max);
                }
            }
            for (CacheAction action : actions) {
                add(action, origin, fence);
            }
        }

        /**
         * Adds what a record that cannot be told may have changed: every entry of these tables' mappings.
         *
         * @param transaction as the log has it; empty where that is not known either
         * @param epoch in which the listener was; empty where that is not known
         */
        public void addUnknown(Set<TableId> tables, OptionalLong transaction, OptionalLong epoch) {
            Fence fence = Fence.REFUSE_ALL;
            if (transaction.isPresent()) {
                long id = TransactionIds.widen(transaction.getAsLong(), near.xmax());
                // What is far ahead is no transaction: waiting for it would hold up the line.
                if (id < near.xmax() + FURTHEST_AHEAD) {
                    fence = fence.and(Fence.of(id));
                    transactions.merge(id, epoch.orElse(UNKNOWN_EPOCH), Math::max);
                }
            }
            for (CacheMapping mapping : rules.mappings()) {
                if (tables.contains(mapping.table())) {
                    wide.merge(
                            whole(mapping),
                            new SetChange(mapping.name(), new Cause(fence, Optional.empty()), List.of()),
                            SetChange::and);
                }
            }
        }

        private void add(CacheAction action, Origin origin, Fence fence) {
            if (action instanceof CacheAction.Sweep sweep) {
                addSet(setOf(sweep), action.mapping(), origin, fence);
                return;
            } else if (action instanceof CacheAction.RemoveTagged tagged) {
                addSet(setOf(tagged), action.mapping(), origin, fence);
                return;
            }
            touches.add(new Touch(metrics.cache(action.mapping().name()), origin.committed()));
            if (action instanceof CacheAction.Remove remove) {
                keys.remove(remove.mapping(), remove.key(), remove.field(), origin, fence);
                again(remove.mapping(), remove.key(), remove.field(), origin, fence);
            } else if (action instanceof CacheAction.Put put) {
                keys.put(put, origin, fence);
            } else if (action instanceof CacheAction.Rebuild rebuild) {
                keys.remove(rebuild.mapping(), rebuild.key(), rebuild.field(), origin, fence);
                rebuilds.add(new Rebuilder.Request(rebuild, fence.transactions(), rules.patterns(rebuild.key())));
            }
        }

        private void addSet(Wide set, CacheMapping mapping, Origin origin, Fence fence) {
            Cause cause = new Cause(fence, origin.position());
            Touch touch = new Touch(metrics.cache(mapping.name()), origin.committed());
            wide.merge(set, new SetChange(mapping.name(), cause, List.of(touch)), SetChange::and);
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

        /** The same, by cache. */
        public Map<String, List<KeyCommand>> commandsByCache(Instant now) {
            return keys.commandsByCache(now);
        }

        /**
         * Applies the commands of this work. May be called again where that failed.
         *
         * @return completes when Redis has replied to all of them; fails as {@link CacheStore#apply}
         */
        public CompletableFuture<Void> apply(Map<String, List<KeyCommand>> commands) {
            Map<String, CompletableFuture<CacheStore.Outcome>> calls = new LinkedHashMap<>();
            commands.forEach((cache, some) -> calls.put(cache, store.apply(some).toCompletableFuture()));
            return CompletableFuture.allOf(calls.values().toArray(CompletableFuture[]::new))
                    .thenRun(() -> {
                        calls.forEach((cache, outcome) -> metrics.cache(cache)
                                .keys(outcome.join(), removals(commands.getOrDefault(cache, List.of()))));
                        keys.coalesced()
                                .forEach(
                                        (cache, changes) -> metrics.cache(cache).coalesced(changes));
                        touches.forEach(Touch::applied);
                    });
        }

        /** What is to be removed a second time, {@link #redelete()} after the first. */
        public List<KeyCommand> redeleted(Instant now) {
            return redeleted.commands(now);
        }

        public Duration redelete() {
            return redelete;
        }

        /** The transactions whose changes touch some key, 64 bits, each with its newest epoch. */
        public Map<Long, Long> transactions() {
            return transactions;
        }

        /**
         * Starts what goes beside the single keys, once these are applied.
         *
         * @return completes when nothing of it is under way any more; never fails
         */
        public CompletableFuture<Void> startWide() {
            rebuilds.forEach(rebuilder::rebuild);
            List<CompletableFuture<Long>> settled = new ArrayList<>();
            wide.forEach((set, change) -> {
                Removal removal = start(set, change.cache(), change.cause());
                var unused = removal.applied().thenRun(() -> change.touches().forEach(Touch::applied));
                settled.add(removal.settled());
            });
            return CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new));
        }

        /** Starts the sets' removals. One that joins another's tells of both. */
        public List<Removal> startSweeps() {
            return wide.entrySet().stream()
                    .map(set -> start(
                            set.getKey(), set.getValue().cache(), set.getValue().cause()))
                    .toList();
        }

        /** What starts the sets' removals, again where a change stays invisible for long; each tells its end. */
        public List<Supplier<CompletableFuture<Void>>> sweeps() {
            return wide.entrySet().stream()
                    .<Supplier<CompletableFuture<Void>>>map(set -> () -> start(
                                    set.getKey(),
                                    set.getValue().cache(),
                                    set.getValue().cause())
                            .settled()
                            .thenAccept(removed -> {}))
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
        return flush(mapping -> true, position);
    }

    /**
     * Removes every entry of the mappings that are meant. Completes when they are gone; never fails.
     *
     * @param position as of a flush of all
     */
    public CompletableFuture<Void> flush(Predicate<CacheMapping> meant, Optional<Position> position) {
        return all(removals(meant, position));
    }

    /**
     * Removes every entry of the mappings that are meant, and lets readers fill meanwhile: for a Redis whose entries are
     * old while its source and the changes are known. Completes when they are gone; never fails.
     */
    public CompletableFuture<Void> clear(Predicate<CacheMapping> meant) {
        return all(removals(meant, new Cause(Fence.NONE, Optional.empty())));
    }

    private static CompletableFuture<Void> all(Map<String, Removal> removals) {
        return CompletableFuture.allOf(
                removals.values().stream().map(Removal::applied).toArray(CompletableFuture[]::new));
    }

    /** Starts to remove every entry of the mappings that are meant; by cache name, in the mappings' order. */
    public Map<String, Removal> removals(Predicate<CacheMapping> meant, Optional<Position> position) {
        return removals(meant, new Cause(Fence.REFUSE_ALL, position));
    }

    private Map<String, Removal> removals(Predicate<CacheMapping> meant, Cause cause) {
        Map<String, Removal> removals = new LinkedHashMap<>();
        rules.mappings().stream()
                .filter(meant)
                .forEach(mapping -> removals.put(mapping.name(), start(whole(mapping), mapping.name(), cause)));
        return removals;
    }

    private Removal start(Wide set, String cache, Cause cause) {
        return (set instanceof Wide.Tagged ? tags : sweeper)
                .sweep(set, cause, removed -> metrics.cache(cache).swept(removed));
    }

    private static int removals(List<KeyCommand> commands) {
        return (int) commands.stream()
                .filter(KeyCommand.Invalidate.class::isInstance)
                .count();
    }

    private Wide setOf(CacheAction.RemoveTagged tagged) {
        return new Wide.Tagged(tagged.tag(), rules.scan(tagged.mapping()).glob(), rules.guarded(tagged.mapping()));
    }

    private Wide setOf(CacheAction.Sweep sweep) {
        return new Wide.Matching(
                rules.scan(sweep.mapping()).glob(),
                sweep.keys(),
                sweep.field(),
                sweep.mapping().safeFills(),
                rules.guarded(sweep.mapping()));
    }

    private Wide whole(CacheMapping mapping) {
        return new Wide.Matching(
                rules.scan(mapping).glob(),
                rules.scan(mapping),
                rules.fields(mapping),
                mapping.safeFills(),
                rules.guarded(mapping));
    }

    /** Publishes the patterns under which fills and refreshes look for fences. */
    public CompletableFuture<Void> publishPatterns(String pipeline) {
        return store.publishPatterns(pipeline, rules.fencedGlobs(), rules.unfencedGlobs())
                .thenRun(sweeper::published)
                .toCompletableFuture();
    }
}
