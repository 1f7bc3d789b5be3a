package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping.OnChange.RefreshQuery;
import dev.freshet.model.NamedQuery;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.FillStore;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.metrics.Rebuilt;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.plan.CacheAction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds entries by query, one after another on a thread of its own, as a reader would: lease, snapshot, query, fill
 * (rule 14). Where the query's snapshot has not seen the change yet it is asked again; a newer request for an entry takes
 * the older one's place. Above a bound, requests are dropped: their entries stay removed. Thread-safe.
 */
public final class QueryRebuilder implements Rebuilder {

    private static final Logger LOG = LoggerFactory.getLogger(QueryRebuilder.class);
    private static final int MOST_WAITING = 10_000;
    private static final Duration PATIENCE = Duration.ofMillis(2);

    private final FillStore store;
    private final ValueQuery values;
    private final Duration leaseLife;
    private final Map<String, Request> waiting = new LinkedHashMap<>();
    private final Map<String, NamedQuery> queries = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread;
    private final WriterMetrics metrics;
    private boolean scheduled;

    /**
     * A rebuilder that works on {@code thread}.
     *
     * @param values is asked on that thread only
     * @param leaseLife how long a query may take; at most half the fence window
     */
    public QueryRebuilder(
            FillStore store,
            ValueQuery values,
            Duration leaseLife,
            ScheduledExecutorService thread,
            WriterMetrics metrics) {
        this.metrics = metrics;
        this.store = store;
        this.values = values;
        this.leaseLife = leaseLife;
        this.thread = thread;
    }

    @Override
    public void rebuild(Request request) {
        synchronized (waiting) {
            if (waiting.size() >= MOST_WAITING
                    && !waiting.containsKey(request.action().key())) {
                count(request, Rebuilt.DROPPED);
                return;
            }
            waiting.put(request.action().key(), request);
            if (!scheduled) {
                scheduled = true;
                next(Duration.ZERO);
            }
        }
    }

    private void next(Duration delay) {
        var unused = thread.schedule(this::work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void work() {
        Request request;
        synchronized (waiting) {
            var first = waiting.entrySet().iterator();
            request = first.next().getValue();
            first.remove();
        }
        Rebuilt result = fill(request);
        count(request, result);
        boolean early = result == Rebuilt.EARLY;
        synchronized (waiting) {
            if (early) {
                waiting.putIfAbsent(request.action().key(), request);
            }
            scheduled = !waiting.isEmpty();
            if (scheduled) {
                next(early ? PATIENCE : Duration.ZERO);
            }
        }
    }

    private void count(Request request, Rebuilt result) {
        metrics.cache(request.action().mapping().name()).rebuilt(result);
    }

    private Rebuilt fill(Request request) {
        CacheAction.Rebuild action = request.action();
        try {
            Optional<String> lease =
                    store.lease(action.key(), leaseLife).toCompletableFuture().join();
            if (lease.isEmpty()) {
                return Rebuilt.REFUSED;
            }
            Optional<ValueQuery.Loaded> loaded = load(action);
            boolean early = loaded.map(ValueQuery.Loaded::snapshot)
                    .filter(snapshot -> !request.transactions().stream().allMatch(snapshot::sees))
                    .isPresent();
            if (!early && loaded.isPresent() && loaded.get().value().isPresent()) {
                boolean stored = store.fill(
                                action.key(),
                                lease.get(),
                                loaded.get().snapshot(),
                                loaded.get().value().get(),
                                action.mapping().ttl(),
                                request.patterns())
                        .toCompletableFuture()
                        .join();
                return stored ? Rebuilt.FILLED : Rebuilt.REFUSED;
            }
            store.release(action.key(), lease.get()).toCompletableFuture().join();
            if (early) {
                return Rebuilt.EARLY;
            }
            return loaded.isPresent() ? Rebuilt.EMPTY : Rebuilt.FAILED;
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof CacheUnavailableException)) {
                throw e;
            }
            LOG.debug("An entry of {} was not rebuilt", action.mapping().name(), e);
            return Rebuilt.FAILED;
        }
    }

    private Optional<ValueQuery.Loaded> load(CacheAction.Rebuild action) {
        RefreshQuery refresh = (RefreshQuery) action.mapping().onChange();
        long begin = System.nanoTime();
        try {
            return Optional.of(values.load(
                    refresh, queries.computeIfAbsent(refresh.sql(), NamedQuery::parse), action.parameters()));
        } catch (SourceUnavailableException e) {
            LOG.warn(
                    "The query of cache {} failed; its entry stays removed: {}",
                    action.mapping().name(),
                    e.getMessage());
            return Optional.empty();
        } finally {
            metrics.cache(action.mapping().name()).queried(Duration.ofNanos(System.nanoTime() - begin));
        }
    }
}
