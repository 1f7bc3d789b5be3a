package dev.freshet.client;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.ReadStore;
import dev.freshet.redis.ReadStore.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Reads several keys at once, by the same rules as one. Thread-safe. */
final class BatchRead {

    private final ReadStore store;
    private final Guard guard;
    private final FreshnessCheck check;
    private final Codec codec;
    private final SharedSnapshots snapshots;
    private final LoadLimiter limiter;
    private final Instruments instruments;
    private final Fills fills;
    private final Duration patience;

    /** @param inTransaction whether a transaction is under way on the caller's thread: then nothing is stored */
    record Request<T>(
            Set<String> keys,
            ValueType<T> type,
            ReadOptions options,
            BatchLoader<T, ?> loader,
            boolean inTransaction,
            Executor executor) {}

    BatchRead(
            ReadStore store,
            Guard guard,
            FreshnessCheck check,
            Codec codec,
            SharedSnapshots snapshots,
            LoadLimiter limiter,
            Instruments instruments,
            Fills fills,
            Duration patience) {
        this.store = store;
        this.guard = guard;
        this.check = check;
        this.codec = codec;
        this.snapshots = snapshots;
        this.limiter = limiter;
        this.instruments = instruments;
        this.fills = fills;
        this.patience = patience;
    }

    <T> CompletableFuture<Map<String, Answer<T>>> read(Request<T> request) {
        return request.keys().isEmpty() ? CompletableFuture.completedFuture(Map.of()) : new Batch<>(request).run();
    }

    /** One batch. Its steps run one after another. */
    private final class Batch<T> {

        private final Request<T> request;
        private final boolean nested = Load.withinLoader();
        private final long beganNanos = System.nanoTime();
        private final Map<String, Answer<T>> found = new HashMap<>();

        Batch(Request<T> request) {
            this.request = request;
        }

        CompletableFuture<Map<String, Answer<T>>> run() {
            return look(List.copyOf(request.keys()), Outcome.HIT)
                    .thenComposeAsync(rest -> rest == Outcome.MISS ? missing() : loadAll(rest), request.executor())
                    .thenApply(done -> {
                        Map<String, Answer<T>> all = new LinkedHashMap<>();
                        request.keys().forEach(key -> all.put(key, Objects.requireNonNull(found.get(key))));
                        return all;
                    });
        }

        /** Reads keys from Redis; returns how those are to be loaded that it did not find. */
        private CompletableFuture<Outcome> look(List<String> keys, Outcome outcome) {
            Freshness demand = request.options().freshness();
            CompletableFuture<Outcome> rest;
            if (!demand.isDemanded()) {
                rest = ask(keys, outcome, Optional.empty());
            } else if (check.readsTogether()) {
                rest = check.read(demand, keys, request.executor())
                        .thenApplyAsync(
                                told -> take(keys, told.values().values(), outcome, told.known()), request.executor());
            } else {
                rest = check.before(demand, Optional.empty(), request.executor())
                        .thenCompose(known -> {
                            Outcome before = check.shortfall(demand, known).orElse(outcome);
                            return before.bypassed()
                                    ? CompletableFuture.completedFuture(before)
                                    : ask(keys, outcome, known);
                        });
            }
            return rest.exceptionally(failure -> Outcome.DEGRADED);
        }

        private CompletableFuture<Outcome> ask(List<String> keys, Outcome outcome, Optional<Watermarks.Known> known) {
            return guard.ask(() -> store.getAll(keys))
                    .thenApplyAsync(values -> take(keys, values, outcome, known), request.executor());
        }

        /** Returns how those are to be loaded that are not there. */
        private Outcome take(
                List<String> keys, List<Optional<byte[]>> values, Outcome outcome, Optional<Watermarks.Known> known) {
            // Again: time has passed.
            Optional<Outcome> shortfall = check.shortfall(request.options().freshness(), known);
            if (shortfall.filter(Outcome::bypassed).isPresent()) {
                return shortfall.get();
            }
            for (int i = 0; i < keys.size(); i++) {
                String key = keys.get(i);
                values.get(i).ifPresent(bytes -> take(key, bytes, outcome, shortfall, known));
            }
            return Outcome.MISS;
        }

        @SuppressWarnings("unchecked")
        private void take(
                String key,
                byte[] bytes,
                Outcome outcome,
                Optional<Outcome> shortfall,
                Optional<Watermarks.Known> known) {
            try {
                Optional<T> value =
                        (Optional<T>) codec.decode(bytes, request.type().type());
                Outcome how = shortfall.orElse(value.isPresent() ? outcome : Outcome.NEGATIVE);
                found.put(key, new Answer<>(value, how, check.staleness(known)));
                instruments.read(how);
            } catch (Codec.CodecException e) {
                instruments.undecodable();
                var unused = guard.ask(() -> store.remove(key));
            }
        }

        private List<String> open() {
            return request.keys().stream()
                    .filter(key -> !found.containsKey(key))
                    .toList();
        }

        private CompletableFuture<Void> loadAll(Outcome outcome) {
            List<String> open = open();
            return open.isEmpty() ? nothing() : load(open, Map.of(), outcome);
        }

        private CompletableFuture<Void> missing() {
            List<String> open = open();
            if (open.isEmpty()) {
                return nothing();
            }
            return guard.ask(() -> store.leaseAll(open))
                    .handle((tickets, failure) -> failure == null ? tickets : List.<Ticket>of())
                    .thenComposeAsync(
                            tickets ->
                                    tickets.isEmpty() ? load(open, Map.of(), Outcome.DEGRADED) : serve(open, tickets),
                            request.executor());
        }

        private CompletableFuture<Void> serve(List<String> keys, List<Ticket> tickets) {
            Map<String, Lease> granted = new LinkedHashMap<>();
            Map<String, Ticket.Waiting> waiting = new LinkedHashMap<>();
            List<String> mine = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                String key = keys.get(i);
                Ticket ticket = tickets.get(i);
                if (ticket instanceof Ticket.Granted lease) {
                    granted.put(key, new Lease(key, lease.token(), System.nanoTime()));
                    mine.add(key);
                } else if (ticket instanceof Ticket.Waiting other) {
                    waiting.put(key, other);
                } else if (ticket instanceof Ticket.Present) {
                    waiting.put(key, new Ticket.Waiting(CompletableFuture.completedFuture(true)));
                } else {
                    instruments.foreign();
                    mine.add(key);
                }
            }
            CompletableFuture<Void> loaded = mine.isEmpty() ? nothing() : load(mine, granted, Outcome.MISS);
            return loaded.whenComplete((done, failure) -> {
                        if (failure != null) {
                            waiting.forEach(store::stopWaiting);
                        }
                    })
                    .thenCompose(done -> await(waiting));
        }

        /** Others load these: they are looked for again when that is done, and loaded without being stored at last. */
        private CompletableFuture<Void> await(Map<String, Ticket.Waiting> waiting) {
            if (waiting.isEmpty()) {
                return nothing();
            }
            CompletableFuture<?>[] woken = waiting.values().stream()
                    .map(ticket -> ticket.woken().copy())
                    .toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(woken)
                    .completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS)
                    .thenComposeAsync(
                            done -> {
                                waiting.forEach(store::stopWaiting);
                                return look(List.copyOf(waiting.keySet()), Outcome.WAIT);
                            },
                            request.executor())
                    .thenComposeAsync(this::loadAll, request.executor());
        }

        /** @param leases by key; what has none is not stored */
        private CompletableFuture<Void> load(List<String> keys, Map<String, Lease> leases, Outcome outcome) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            Runnable load = () -> {
                var unused = snapshot(leases)
                        .thenAcceptAsync(snapshot -> load(keys, leases, snapshot, outcome, done), request.executor());
            };
            if (nested) {
                request.executor().execute(load);
            } else {
                limiter.run(request.executor(), load);
            }
            return done;
        }

        private void load(
                List<String> keys,
                Map<String, Lease> leases,
                Optional<Snapshot> snapshot,
                Outcome outcome,
                CompletableFuture<Void> done) {
            long began = System.nanoTime();
            Map<String, T> values;
            try {
                values = Load.calling(() -> request.loader().load(new LinkedHashSet<>(keys)));
            } catch (Exception | Error e) {
                ended(began);
                leases.values().forEach(fills::release);
                done.completeExceptionally(e);
                return;
            }
            ended(began);
            Duration since = Duration.ofNanos(System.nanoTime() - beganNanos);
            for (String key : keys) {
                found.put(key, new Answer<>(Optional.ofNullable(values.get(key)), outcome, Optional.of(since)));
                instruments.read(outcome);
            }
            var unused = store(leases, snapshot).whenComplete((stored, never) -> done.complete(null));
        }

        private CompletableFuture<Optional<Snapshot>> snapshot(Map<String, Lease> leases) {
            return leases.isEmpty() || request.inTransaction()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : snapshots.take(request.executor()).exceptionally(failure -> Optional.empty());
        }

        private void ended(long began) {
            if (!nested) {
                limiter.done();
            }
            instruments.loaded(System.nanoTime() - began);
        }

        private CompletableFuture<Void> store(Map<String, Lease> leases, Optional<Snapshot> snapshot) {
            return CompletableFuture.allOf(leases.values().stream()
                    .map(lease -> fills.fill(
                            lease,
                            new Loaded<>(
                                    Objects.requireNonNull(found.get(lease.key()))
                                            .value(),
                                    snapshot),
                            request.options()))
                    .toArray(CompletableFuture[]::new));
        }
    }

    private static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }
}
