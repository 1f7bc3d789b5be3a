package dev.freshet.client;

import dev.freshet.redis.ReadStore;
import dev.freshet.redis.ReadStore.Ticket;
import dev.freshet.redis.RedisReadStore;
import dev.freshet.redis.RedisTracking;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One read after the near cache had nothing: Redis, then a lease, a snapshot, the load and the fill, in that order (rules
 * 6 to 11). Of several reads of one key in this process one does that, and the others join it where its value is new
 * enough for them. Thread-safe.
 */
final class ReadThrough {

    /** How often a read that could not share another's load tries again to share one, before it loads for itself. */
    private static final int ATTEMPTS = 3;

    private final ReadStore store;
    private final Optional<RedisTracking<NearCache>> tracking;
    private final Guard guard;
    private final FreshnessCheck check;
    private final Codec codec;
    private final SharedSnapshots snapshots;
    private final LoadLimiter limiter;
    private final Instruments instruments;
    private final Fills fills;
    private final Duration patience;
    private final ConcurrentHashMap<Id, Flight<?>> flights = new ConcurrentHashMap<>();

    /** @param executor runs decoding, encoding and loading */
    record Request<T>(String key, ValueType<T> type, ReadOptions options, Load<T> load, Executor executor) {}

    /** @param bypass whether Redis is passed over: who does that waits for nobody who asks it, and stores nothing */
    private record Id(String key, ValueType<?> type, boolean bypass) {}

    /** What a look at Redis found. */
    private sealed interface Looked<T> {

        /**
         * @param shortfall {@link Outcome#STALE} where it is to be flagged
         * @param staleness where it was asked for and is known
         */
        record Found<T>(Optional<T> value, Optional<Outcome> shortfall, Optional<Duration> staleness)
                implements Looked<T> {}

        record Missing<T>() implements Looked<T> {}

        /** @param why a bypass */
        record NotFresh<T>(Outcome why) implements Looked<T> {}
    }

    /** @param patience how long to wait for another's load */
    ReadThrough(
            ReadStore store,
            Optional<RedisTracking<NearCache>> tracking,
            Guard guard,
            FreshnessCheck check,
            Codec codec,
            SharedSnapshots snapshots,
            LoadLimiter limiter,
            Instruments instruments,
            Fills fills,
            Duration patience) {
        this.store = store;
        this.tracking = tracking;
        this.guard = guard;
        this.check = check;
        this.codec = codec;
        this.snapshots = snapshots;
        this.limiter = limiter;
        this.instruments = instruments;
        this.fills = fills;
        this.patience = patience;
    }

    /** Fails only with what the loader failed with. */
    <T> CompletableFuture<Answer<T>> read(Request<T> request) {
        return new Read<>(request).fromRedis(Outcome.HIT, 0);
    }

    /** Looks in Redis, where that is known to be as fresh as the read demands. */
    private <T> CompletableFuture<Looked<T>> look(Request<T> request) {
        Freshness demand = request.options().freshness();
        Optional<RedisTracking.Session<NearCache>> session =
                tracking.flatMap(RedisTracking::session).filter(RedisTracking.Session::live);
        if (!demand.isDemanded()) {
            return ask(request, session).thenApply(value -> looked(value, Optional.empty(), Optional.empty()));
        }
        if (check.readsTogether()) {
            return check.read(demand, List.of(request.key()), request.executor())
                    .thenApplyAsync(told -> looked(request, demand, told), request.executor());
        }
        return check.before(demand, session, request.executor()).thenCompose(known -> {
            Optional<Outcome> before = check.shortfall(demand, known);
            if (before.filter(Outcome::bypassed).isPresent()) {
                return CompletableFuture.<Looked<T>>completedFuture(new Looked.NotFresh<>(before.get()));
            }
            // Again at the end: the value is handed over now, and time has passed.
            return ask(request, session)
                    .thenApply(value -> looked(value, check.shortfall(demand, known), check.staleness(known)));
        });
    }

    private <T> Looked<T> looked(Request<T> request, Freshness demand, Watermarks.Told<ReadStore.Attested> told) {
        Optional<Outcome> shortfall = check.shortfall(demand, told.known());
        return shortfall.filter(Outcome::bypassed).isPresent()
                ? new Looked.NotFresh<>(shortfall.get())
                : looked(
                        told.values().values().get(0).flatMap(bytes -> decode(request, bytes)),
                        shortfall,
                        check.staleness(told.known()));
    }

    private static <T> Looked<T> looked(
            Optional<Optional<T>> value, Optional<Outcome> shortfall, Optional<Duration> staleness) {
        if (value.isEmpty()) {
            return new Looked.Missing<>();
        }
        return shortfall.filter(Outcome::bypassed).isPresent()
                ? new Looked.NotFresh<>(shortfall.get())
                : new Looked.Found<>(value.get(), shortfall, staleness);
    }

    /** The value in Redis, decoded; what cannot be decoded is removed and missing. */
    private <T> CompletableFuture<Optional<Optional<T>>> ask(
            Request<T> request, Optional<RedisTracking.Session<NearCache>> session) {
        if (session.isEmpty()) {
            return guard.ask(() -> store.get(request.key()))
                    .thenApplyAsync(bytes -> bytes.flatMap(some -> decode(request, some)), request.executor());
        }
        NearCache near = session.get().near();
        NearCache.Slot placeholder = near.placeholder(request.key());
        return guard.ask(() -> session.get().get(request.key()))
                .thenApplyAsync(
                        bytes -> {
                            Optional<Optional<T>> value = bytes.flatMap(some -> decode(request, some));
                            value.ifPresent(told ->
                                    near.keep(request.key(), placeholder, request.type(), told, bytes.get().length));
                            return value;
                        },
                        request.executor())
                .whenComplete((value, failure) -> {
                    if (failure != null || value.isEmpty()) {
                        near.drop(request.key(), placeholder);
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private <T> Optional<Optional<T>> decode(Request<T> request, byte[] bytes) {
        try {
            return Optional.of((Optional<T>) codec.decode(bytes, request.type().type()));
        } catch (Codec.CodecException e) {
            instruments.undecodable();
            var unused = guard.ask(() -> store.remove(request.key()));
            return Optional.empty();
        }
    }

    /** One read's way. Its steps run one after another. */
    private final class Read<T> {

        private final Request<T> request;
        private final boolean alone = Load.withinLoader();
        private final long beganNanos = System.nanoTime();

        Read(Request<T> request) {
            this.request = request;
        }

        CompletableFuture<Answer<T>> fromRedis(Outcome found, int attempt) {
            return then(look(request), (looked, failure) -> {
                if (failure != null) {
                    return RedisReadStore.isForeign(failure) ? foreign() : miss(Outcome.DEGRADED, attempt);
                } else if (looked instanceof Looked.Found<T> there) {
                    return found(there, found);
                }
                return miss(looked instanceof Looked.NotFresh<T> notFresh ? notFresh.why() : Outcome.MISS, attempt);
            });
        }

        private CompletableFuture<Answer<T>> found(Looked.Found<T> there, Outcome found) {
            Outcome outcome = there.value().isEmpty() ? Outcome.NEGATIVE : found;
            return CompletableFuture.completedFuture(
                    new Answer<>(there.value(), there.shortfall().orElse(outcome), there.staleness()));
        }

        private CompletableFuture<Answer<T>> foreign() {
            instruments.foreign();
            return load(new Flight<>(false), Optional.empty(), Outcome.MISS);
        }

        @SuppressWarnings("unchecked")
        private CompletableFuture<Answer<T>> miss(Outcome outcome, int attempt) {
            Flight<T> mine = new Flight<>(outcome.bypassed());
            if (!alone && attempt < ATTEMPTS) {
                Flight<T> other = (Flight<T>) flights.putIfAbsent(id(mine), mine);
                if (other != null) {
                    return join(other, outcome, attempt);
                }
            }
            return lead(mine, outcome, attempt);
        }

        private CompletableFuture<Answer<T>> join(Flight<T> flight, Outcome outcome, int attempt) {
            boolean early = flight.join();
            return then(flight.end(), (end, never) -> {
                if (end instanceof Flight.End.Stored<T> stored && (early || !isDemanding())) {
                    return CompletableFuture.completedFuture(answer(stored.value(), Outcome.WAIT, early));
                } else if (end instanceof Flight.End.Loaded<T> loaded && early) {
                    return CompletableFuture.completedFuture(
                            answer(loaded.value(), outcome == Outcome.MISS ? Outcome.WAIT : outcome, true));
                } else if (end instanceof Flight.End.Failed<T> failed && early) {
                    return CompletableFuture.failedFuture(failed.failure());
                } else if (end instanceof Flight.End.InRedis<T> || end instanceof Flight.End.Stored<T>) {
                    // What another stored was in Redis after this read began, but as old as its load or older.
                    return fromRedis(Outcome.WAIT, attempt + 1);
                }
                return miss(outcome, attempt + 1);
            });
        }

        private CompletableFuture<Answer<T>> lead(Flight<T> flight, Outcome outcome, int attempt) {
            if (outcome != Outcome.MISS || attempt >= ATTEMPTS) {
                return load(flight, Optional.empty(), outcome);
            }
            return then(guard.ask(() -> store.lease(request.key())), (ticket, failure) -> {
                if (failure != null) {
                    return load(flight, Optional.empty(), Outcome.DEGRADED);
                } else if (ticket instanceof Ticket.Granted granted) {
                    return load(
                            flight, Optional.of(new Lease(request.key(), granted.token(), System.nanoTime())), outcome);
                } else if (ticket instanceof Ticket.Waiting waiting) {
                    return await(flight, waiting, attempt);
                } else if (ticket instanceof Ticket.Present) {
                    return again(flight, attempt);
                }
                instruments.foreign();
                return load(flight, Optional.empty(), outcome);
            });
        }

        private CompletableFuture<Answer<T>> await(Flight<T> flight, Ticket.Waiting waiting, int attempt) {
            CompletableFuture<Boolean> woken =
                    waiting.woken().copy().completeOnTimeout(false, patience.toNanos(), TimeUnit.NANOSECONDS);
            return then(woken, (stored, never) -> {
                store.stopWaiting(request.key(), waiting);
                return stored ? again(flight, attempt) : lookOnceMore(flight);
            });
        }

        /** The other did not store, or the word of it was lost; a refresh may have stored meanwhile. */
        private CompletableFuture<Answer<T>> lookOnceMore(Flight<T> flight) {
            return then(look(request), (looked, failure) -> {
                if (looked instanceof Looked.Found<T> there) {
                    land(flight, new Flight.End.InRedis<>());
                    return found(there, Outcome.WAIT);
                } else if (looked instanceof Looked.NotFresh<T> notFresh) {
                    return load(flight, Optional.empty(), notFresh.why());
                }
                return load(flight, Optional.empty(), failure == null ? Outcome.MISS : Outcome.DEGRADED);
            });
        }

        /** A value came by somebody else: this read and those who joined it look for themselves. */
        private CompletableFuture<Answer<T>> again(Flight<T> flight, int attempt) {
            land(flight, new Flight.End.InRedis<>());
            return fromRedis(Outcome.WAIT, attempt + 1);
        }

        private CompletableFuture<Answer<T>> load(Flight<T> flight, Optional<Lease> lease, Outcome outcome) {
            CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
            Runnable load = () -> {
                flight.loading();
                long began = System.nanoTime();
                loading(lease)
                        .whenCompleteAsync(
                                (loaded, failure) -> {
                                    ended(System.nanoTime() - began);
                                    if (failure != null) {
                                        fail(flight, lease, unwrapped(failure), answer);
                                    } else {
                                        settle(flight, lease, loaded, outcome, answer);
                                    }
                                },
                                request.executor());
            };
            if (alone) {
                // It runs within a load that has its room already.
                request.executor().execute(load);
            } else {
                limiter.run(request.executor(), load);
            }
            return answer;
        }

        private CompletionStage<Loaded<T>> loading(Optional<Lease> lease) {
            try {
                return lease.isPresent()
                        ? request.load().checked(snapshots, request.executor())
                        : request.load().value().thenApply(value -> new Loaded<>(value, Optional.empty()));
            } catch (RuntimeException | Error e) {
                return CompletableFuture.failedStage(e);
            }
        }

        private void ended(long nanos) {
            if (!alone) {
                limiter.done();
            }
            instruments.loaded(nanos);
        }

        private void fail(
                Flight<T> flight, Optional<Lease> lease, Throwable failure, CompletableFuture<Answer<T>> answer) {
            lease.ifPresent(fills::release);
            land(flight, new Flight.End.Failed<>(failure));
            answer.completeExceptionally(failure);
        }

        private void settle(
                Flight<T> flight,
                Optional<Lease> lease,
                Loaded<T> loaded,
                Outcome outcome,
                CompletableFuture<Answer<T>> answer) {
            // Nobody joins from here on: whoever reads the key after it was stored must read it from Redis.
            flights.remove(id(flight), flight);
            CompletableFuture<FillResult> stored = lease.isPresent()
                    ? fills.fill(lease.get(), loaded, request.options())
                    : CompletableFuture.completedFuture(FillResult.FAILED);
            var unused = stored.whenComplete((result, never) -> {
                land(
                        flight,
                        result == FillResult.STORED
                                ? new Flight.End.Stored<>(loaded.value())
                                : new Flight.End.Loaded<>(loaded.value()));
                answer.complete(answer(loaded.value(), outcome, true));
            });
        }

        private void land(Flight<T> flight, Flight.End<T> end) {
            flights.remove(id(flight), flight);
            flight.end().complete(end);
        }

        private Id id(Flight<T> flight) {
            return new Id(request.key(), request.type(), flight.bypasses());
        }

        private boolean isDemanding() {
            return request.options().freshness().isDemanded();
        }

        /** @param loaded whether the value's load began after this read */
        private Answer<T> answer(Optional<T> value, Outcome outcome, boolean loaded) {
            return new Answer<>(
                    value,
                    outcome,
                    loaded ? Optional.of(Duration.ofNanos(System.nanoTime() - beganNanos)) : Optional.empty());
        }

        private <V> CompletableFuture<Answer<T>> then(CompletableFuture<V> step, Next<V, T> next) {
            CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
            var unused = step.whenCompleteAsync(
                    (value, failure) -> {
                        try {
                            var unusedToo = next.after(value, failure)
                                    .whenComplete((told, thrown) -> pass(told, thrown, answer));
                        } catch (RuntimeException | Error e) {
                            answer.completeExceptionally(e);
                        }
                    },
                    request.executor());
            return answer;
        }
    }

    private static <V> void pass(V value, @Nullable Throwable failure, CompletableFuture<V> to) {
        if (failure == null) {
            to.complete(value);
        } else {
            to.completeExceptionally(unwrapped(failure));
        }
    }

    /** What follows a step; the failure is null where there was none. */
    @FunctionalInterface
    private interface Next<V, T> {
        CompletableFuture<Answer<T>> after(V value, @Nullable Throwable failure);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? unwrapped(failure.getCause())
                : failure;
    }
}
