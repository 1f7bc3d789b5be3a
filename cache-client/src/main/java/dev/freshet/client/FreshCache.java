package dev.freshet.client;

import dev.freshet.redis.ReadStore;
import dev.freshet.redis.RedisLayout;
import dev.freshet.redis.RedisReadStore;
import dev.freshet.redis.RedisTracking;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * A cache-aside that stays fresh: what it stores in Redis is never older than what a Freshet writer has invalidated there
 * (see {@code docs/fill-protocol.md}). Built once, used by all threads.
 *
 * <p>Values and absences are shared between callers: treat them as immutable. A failing or slow Redis is never the
 * application's failure: reads go to the source, at most so many at a time. What is thrown is what the loader threw, and
 * {@link IllegalArgumentException} for a key that is one of Freshet's own. A key that is not Unicode text is never cached.
 */
public final class FreshCache implements AutoCloseable {

    private final ReadStore store;
    private final Optional<RedisTracking<NearCache>> tracking;
    private final Guard guard;
    private final FreshnessCheck check;
    private final Instruments instruments;
    private final NearReads near;
    private final ReadThrough reads;
    private final BatchRead batches;
    private final TagsInUse tags;
    private final SharedSnapshots snapshots;
    private final BooleanSupplier inTransaction;
    private final Executor executor;

    private FreshCache(Builder builder) {
        RedisReadStore.Settings settings = new RedisReadStore.Settings(
                builder.fenceWindow, builder.leaseLife, builder.commandTimeout, builder.waiting);
        this.inTransaction = builder.inTransaction;
        this.executor = orElsewhere(builder.executor);
        this.instruments = new Instruments(builder.meters, builder.observations, builder.name);
        // First, since it may refuse.
        this.tracking = builder.nearBytes > 0
                ? Optional.of(builder.redis.track(
                        builder.commandTimeout, () -> new NearCache(builder.nearBytes, builder.nearAge)))
                : Optional.empty();
        Watermarks plain = new Watermarks(System::nanoTime);
        this.store = builder.redis.store(settings, plain::lost);
        CircuitBreaker breaker = CircuitBreaker.of("freshet", breaker());
        this.guard = new Guard(breaker);
        LoadLimiter limiter = new LoadLimiter(builder.loads);
        Gauge.builder("freshet.cache.loads.queued", limiter, LoadLimiter::queued)
                .tag("cache", builder.name)
                .description("Loads that wait for room")
                .register(builder.meters);
        Gauge.builder("freshet.cache.breaker.open", breaker, FreshCache::open)
                .tag("cache", builder.name)
                .description("1 while Redis is not asked because it failed too often")
                .register(builder.meters);
        this.snapshots = new SharedSnapshots(builder.snapshots);
        Fills fills = new Fills(store, guard, builder.codec, instruments, builder.leaseLife, builder.largest);
        SourceClock clock = new SourceClock(builder.snapshots, System::nanoTime, InstantSource.system());
        this.check = new FreshnessCheck(builder.pipeline, store, guard, clock, plain);
        this.near = new NearReads(tracking, check, instruments);
        this.reads = new ReadThrough(
                store, tracking, guard, check, builder.codec, snapshots, limiter, instruments, fills, builder.waiting);
        this.batches = new BatchRead(
                store, guard, check, builder.codec, snapshots, limiter, instruments, fills, builder.waiting);
        this.tags = new TagsInUse(store, guard);
    }

    /** A read whose executor takes nothing any more goes on elsewhere rather than hang. */
    private static Executor orElsewhere(Executor given) {
        return step -> {
            try {
                given.execute(step);
            } catch (RejectedExecutionException e) {
                ForkJoinPool.commonPool().execute(step);
            }
        };
    }

    /** Half of ten calls or more failed: for half a second, then three calls try. */
    private static CircuitBreakerConfig breaker() {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofMillis(500))
                .permittedNumberOfCallsInHalfOpenState(3)
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(5))
                .build();
    }

    private static double open(CircuitBreaker breaker) {
        return breaker.getState() == CircuitBreaker.State.CLOSED ? 0 : 1;
    }

    /**
     * A cache over an application's Redis client and its source.
     *
     * @param client made with the address of its Redis; it stays the application's to shut down, after the cache
     * @param snapshots of the primary that the loaders read from
     */
    public static Builder builder(RedisClient client, SnapshotSource snapshots) {
        return new Builder(Redis.of(client), snapshots);
    }

    /**
     * A cache over an application's client of a Redis Cluster and its source. There is no near cache on a cluster.
     *
     * @param client made with addresses of its cluster; it stays the application's to shut down, after the cache. It is to notice
     *     that slots have moved, and servers taken over: Lettuce's adaptive triggers do that, and
     *     {@code ClusterTopologyRefreshOptions} with {@code enablePeriodicRefresh}
     * @param snapshots of the primary that the loaders read from
     */
    public static Builder builder(RedisClusterClient client, SnapshotSource snapshots) {
        return new Builder(Redis.of(client), snapshots);
    }

    /** The value at the key, else what the loader returns; with {@link ReadOptions#defaults}. */
    public <T, X extends Exception> Optional<T> get(String key, Class<T> type, Loader<T, X> loader) throws X {
        return get(key, ValueType.of(type), loader, ReadOptions.defaults());
    }

    public <T, X extends Exception> Optional<T> get(String key, Class<T> type, Loader<T, X> loader, ReadOptions options)
            throws X {
        return get(key, ValueType.of(type), loader, options);
    }

    /**
     * The value at the key, else what the loader returns, which is then stored if that is safe. The loader runs on this
     * thread, or not at all.
     */
    public <T, X extends Exception> Optional<T> get(
            String key, ValueType<T> type, Loader<T, X> loader, ReadOptions options) throws X {
        return read(key, type, loader, options).value();
    }

    /** The same, with where the value came from and how stale it may be. */
    @SuppressWarnings("unchecked")
    public <T, X extends Exception> Answer<T> read(
            String key, ValueType<T> type, Loader<T, X> loader, ReadOptions options) throws X {
        Optional<Answer<T>> near = near(key, type, options);
        if (near.isPresent()) {
            return near.get();
        }
        CallerThread caller = new CallerThread(executor);
        try {
            return caller.await(read(key, type, Load.of(loader, inTransaction), options, caller));
        } catch (CompletionException e) {
            // The only failure is the loader's: an X, or unchecked.
            throw (X) thrown(e);
        }
    }

    /**
     * The value without blocking. The loader is called on the cache's executor, and must not block it. What it reads through
     * this cache it should ask for while it is called: reads that its stages ask for later wait for room like any other,
     * and so may wait for themselves.
     */
    public <T> CompletableFuture<Optional<T>> getAsync(
            String key, ValueType<T> type, AsyncLoader<T> loader, ReadOptions options) {
        return readAsync(key, type, loader, options).thenApply(Answer::value);
    }

    /** The same, with where the value came from and how stale it may be. */
    public <T> CompletableFuture<Answer<T>> readAsync(
            String key, ValueType<T> type, AsyncLoader<T> loader, ReadOptions options) {
        Optional<Answer<T>> near = near(key, type, options);
        return near.map(CompletableFuture::completedFuture)
                .orElseGet(() -> read(key, type, Load.of(loader, inTransaction), options, executor));
    }

    /**
     * The values at several keys: one command for those in Redis, one call of the loader for all that are missing; a
     * second one where other readers were loading some and did not get them in. Each asked key is in the answer.
     */
    public <T, X extends Exception> Map<String, Optional<T>> getAll(
            Collection<String> keys, ValueType<T> type, BatchLoader<T, X> loader, ReadOptions options) throws X {
        Map<String, Optional<T>> values = new LinkedHashMap<>();
        readAll(keys, type, loader, options).forEach((key, answer) -> values.put(key, answer.value()));
        return values;
    }

    /** The same, with where each value came from and how stale it may be. */
    @SuppressWarnings("unchecked")
    public <T, X extends Exception> Map<String, Answer<T>> readAll(
            Collection<String> keys, ValueType<T> type, BatchLoader<T, X> loader, ReadOptions options) throws X {
        keys.forEach(FreshCache::refuseOwn);
        check.requirePipeline(options.freshness());
        CallerThread caller = new CallerThread(executor);
        tags.used(options.tags());
        try {
            return caller.await(batches.read(new BatchRead.Request<>(
                    new LinkedHashSet<>(keys), type, options, loader, inTransaction.getAsBoolean(), caller)));
        } catch (CompletionException e) {
            throw (X) thrown(e);
        }
    }

    /**
     * Removes keys after a change of the application's own that is committed. The pipeline does the same a little later:
     * this is for a caller who wants to read its own write.
     *
     * @return whether Redis did so
     */
    public boolean invalidate(String... keys) {
        CallerThread caller = new CallerThread(executor);
        boolean done =
                caller.await(guard.ask(() -> store.drop(List.of(keys))).handle((dropped, failure) -> failure == null));
        near.invalidated(List.of(keys));
        return done;
    }

    /**
     * Removes what is filed under a tag after a change of the application's own that is committed. Until the transactions
     * that run now have ended, or the fence window is over, nothing is stored under the tag.
     *
     * @return whether Redis did so; it is not asked where the source does not tell a snapshot
     */
    public boolean invalidateTag(String tag) {
        CallerThread caller = new CallerThread(executor);
        boolean done = caller.await(snapshots
                .take(caller)
                .thenCompose(snapshot -> guard.ask(() -> store.dropTag(tag, snapshot.orElseThrow())))
                .handle((dropped, failure) -> failure == null));
        near.flushed();
        return done;
    }

    private <T> Optional<Answer<T>> near(String key, ValueType<T> type, ReadOptions options) {
        check.requirePipeline(options.freshness());
        Optional<Answer<T>> answer = near.read(key, type, options.freshness());
        answer.ifPresent(hit -> tags.used(options.tags()));
        return answer;
    }

    private <T> CompletableFuture<Answer<T>> read(
            String key, ValueType<T> type, Load<T> load, ReadOptions options, Executor steps) {
        refuseOwn(key);
        tags.used(options.tags());
        Observation observation = instruments.start();
        return reads.read(new ReadThrough.Request<>(key, type, options, load, steps))
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        instruments.read(answer.outcome());
                        observation.lowCardinalityKeyValue("outcome", answer.outcome().tag);
                    } else {
                        observation.error(failure);
                    }
                    observation.stop();
                });
    }

    private static void refuseOwn(String key) {
        if (key.startsWith(RedisLayout.PREFIX)) {
            throw new IllegalArgumentException(
                    "keys that begin with " + RedisLayout.PREFIX + " are Freshet's own: choose another prefix");
        }
    }

    private static Exception thrown(CompletionException e) {
        Throwable cause = e;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return (Exception) cause;
    }

    /** Ends what the cache keeps open; the client stays open. */
    @Override
    public void close() {
        tracking.ifPresent(RedisTracking::close);
        store.close();
    }

    /** How a cache is made. Not thread-safe. */
    public static final class Builder {
        private final Redis redis;
        private final SnapshotSource snapshots;
        private Codec codec = new JacksonCodec();
        private Duration fenceWindow = Duration.ofSeconds(30);
        private Duration leaseLife = Duration.ofSeconds(10);
        private Duration commandTimeout = Duration.ofMillis(500);
        private Duration waiting = Duration.ofSeconds(2);
        private int loads = 16;
        private int largest = 1024 * 1024;
        private long nearBytes;
        private Duration nearAge = Duration.ofMinutes(1);
        private Optional<String> pipeline = Optional.empty();
        private String name = "default";
        private MeterRegistry meters = new SimpleMeterRegistry();
        private ObservationRegistry observations = ObservationRegistry.NOOP;
        private BooleanSupplier inTransaction = () -> false;
        private Executor executor = ForkJoinPool.commonPool();

        private Builder(Redis redis, SnapshotSource snapshots) {
            this.redis = redis;
            this.snapshots = snapshots;
        }

        /** JSON by Jackson, where none is given. */
        public Builder codec(Codec newCodec) {
            this.codec = newCodec;
            return this;
        }

        /** The writers' {@code writer.fence-window}; 30 s there and here. */
        public Builder fenceWindow(Duration window) {
            this.fenceWindow = window;
            return this;
        }

        /** How long a load may take for its value to be stored: 10 s, at most half the fence window. */
        public Builder leaseLife(Duration life) {
            this.leaseLife = life;
            return this;
        }

        /** How long Redis may take to answer: 500 ms. */
        public Builder commandTimeout(Duration timeout) {
            this.commandTimeout = timeout;
            return this;
        }

        /** How long to wait for another's load of the same key, until it is loaded here without being stored: 2 s. */
        public Builder waitAtMost(Duration limit) {
            this.waiting = limit;
            return this;
        }

        /** How many loads of this process run at a time: 16. Others wait in order. */
        public Builder maxConcurrentLoads(int most) {
            this.loads = most;
            return this;
        }

        /** The largest encoded value that is stored, in bytes: 1 MiB. Larger ones are returned all the same. */
        public Builder maxValueBytes(int bytes) {
            this.largest = bytes;
            return this;
        }

        /**
         * Keeps values in this process too, as long as Redis tells of their changes (RESP3 client tracking, not on Redis
         * Cluster). A value may be served for a moment after Redis has sent word of its change, and up to two seconds
         * where the connection died without a sign.
         *
         * @param bytes of all entries together, about
         * @param age the longest that an entry is kept
         */
        public Builder nearCache(long bytes, Duration age) {
            this.nearBytes = bytes;
            this.nearAge = age;
            return this;
        }

        /**
         * The pipeline whose writers keep these keys fresh, as {@code freshet.yml} names it; to be told where reads demand
         * freshness ({@link ReadOptions#withMaxStaleness(Duration)}, {@link ReadOptions#notOlderThan}).
         */
        public Builder pipeline(String newPipeline) {
            this.pipeline = Optional.of(newPipeline);
            return this;
        }

        /** What the meters' tag {@code cache} says; to be told where several caches share a registry. */
        public Builder name(String newName) {
            this.name = newName;
            return this;
        }

        public Builder meters(MeterRegistry registry) {
            this.meters = registry;
            return this;
        }

        public Builder observations(ObservationRegistry registry) {
            this.observations = registry;
            return this;
        }

        /**
         * Tells, on the thread that is about to load, whether a transaction is under way there: then what is loaded is not
         * stored. With Spring: {@code TransactionSynchronizationManager::isActualTransactionActive}. A {@link JdbcLoader}
         * sees for itself.
         */
        public Builder inTransaction(BooleanSupplier underWay) {
            this.inTransaction = underWay;
            return this;
        }

        /** Runs the steps of {@link FreshCache#getAsync}; the common pool, where none is given. */
        public Builder executor(Executor newExecutor) {
            this.executor = newExecutor;
            return this;
        }

        /**
         * Starts to connect, and does not wait for it: until Redis answers, reads go to the source.
         *
         * @throws IllegalArgumentException where the settings do not go together
         * @throws IllegalStateException where a near cache cannot be had on this Redis, or with this client
         */
        public FreshCache build() {
            return new FreshCache(this);
        }
    }
}
