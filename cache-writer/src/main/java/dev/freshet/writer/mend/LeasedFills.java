package dev.freshet.writer.mend;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.FillStore;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.writer.apply.CacheRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Leases and fills of one cache's keys, many at a time. Thread-safe. */
final class LeasedFills {

    private final FillStore store;
    private final CacheRules rules;
    private final CacheMapping mapping;
    private final Duration leaseLife;

    LeasedFills(FillStore store, CacheRules rules, CacheMapping mapping, Duration leaseLife) {
        this.store = store;
        this.rules = rules;
        this.mapping = mapping;
        this.leaseLife = leaseLife;
    }

    CacheMapping mapping() {
        return mapping;
    }

    /** The leases that were granted, by key; no value and no other's lease stands there. */
    Map<String, String> lease(Collection<String> keys) {
        Map<String, CompletableFuture<Optional<String>>> asked = new LinkedHashMap<>();
        keys.forEach(key ->
                asked.computeIfAbsent(key, one -> store.lease(one, leaseLife).toCompletableFuture()));
        Map<String, String> granted = new LinkedHashMap<>();
        asked.forEach((key, answer) -> answer.join().ifPresent(token -> granted.put(key, token)));
        return granted;
    }

    /** Whether the value was stored. */
    CompletionStage<Boolean> fill(String key, String token, Snapshot snapshot, Value value) {
        return store.fill(key, token, snapshot, value, mapping.ttl(), rules.patterns(key));
    }

    /** Gives leases back. */
    void release(Map<String, String> leases) {
        List<CompletableFuture<Void>> released = new ArrayList<>();
        leases.forEach((key, token) -> released.add(store.release(key, token).toCompletableFuture()));
        released.forEach(CompletableFuture::join);
    }
}
