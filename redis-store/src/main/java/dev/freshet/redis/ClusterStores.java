package dev.freshet.redis;

import dev.freshet.redis.CacheStore.Outcome;
import dev.freshet.redis.KeyCommand.Store;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * The refreshes of one list of commands on a cluster, where the entries of the patterns stand in other slots than the keys. So
 * they go the way of fills: take the keys' leases, look at the entries, store where the lease stands. A wide change leaves its
 * position at the entry, then ends leases, then removes values: it finds the lease or the value of a refresh that
 * looked too early. Used once; its steps follow each other on Lettuce's threads.
 */
final class ClusterStores {

    /** Readers that miss meanwhile wait for it; where it ends too early, the entry is removed. */
    private static final Duration LEASE = Duration.ofSeconds(2);

    /** The holder of no lease: what is stored with it is removed instead. */
    private static final String NOBODY = "";

    private final RedisLink link;
    private final CommandScripts scripts;
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final BiFunction<ScriptCall, List<Store>, CompletionStage<Outcome>> store;
    private final String token = UUID.randomUUID().toString();

    /** What is known of the changes to all keys of a pattern: the newest position, and whether each is in doubt. */
    private record Entry(String position, boolean inDoubt) {

        private static Entry of(List<Object> answer) {
            return new Entry(Utf8.decode((byte[]) answer.get(0)), (Long) answer.get(1) == 1);
        }

        /** Positions are of equal length, so that their order as text is theirs. */
        boolean mayOvertake(Store command) {
            return inDoubt || position.compareTo(RedisLayout.position(command.position())) >= 0;
        }
    }

    /** @param store sends a call, and removes its commands' entries where Redis is full */
    ClusterStores(
            RedisLink link,
            CommandScripts scripts,
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            BiFunction<ScriptCall, List<Store>, CompletionStage<Outcome>> store) {
        this.link = link;
        this.scripts = scripts;
        this.redis = redis;
        this.store = store;
    }

    /** @param bySlot of each slot the commands of one call after the other: they may share a key, and so a lease */
    CompletionStage<Outcome> run(List<List<List<Store>>> bySlot) {
        CompletionStage<Outcome> outcome = CompletableFuture.completedStage(Outcome.NOTHING);
        int longest = bySlot.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            int at = i;
            List<List<Store>> calls = bySlot.stream()
                    .filter(slot -> slot.size() > at)
                    .map(slot -> slot.get(at))
                    .toList();
            outcome = outcome.thenCompose(before -> together(calls).thenApply(before::and));
        }
        return outcome;
    }

    private CompletionStage<Outcome> together(List<List<Store>> calls) {
        return Stages.all(calls, commands -> link.run(redis, scripts.take(commands, token, LEASE)))
                .thenCompose(taken -> entries(calls))
                .thenCompose(entries -> Stages.all(calls, commands -> stored(commands, entries)))
                .thenApply(outcomes -> outcomes.stream().reduce(Outcome.NOTHING, Outcome::and));
    }

    private CompletionStage<Map<String, Entry>> entries(List<List<Store>> calls) {
        List<String> globs = calls.stream()
                .flatMap(List::stream)
                .flatMap(command -> command.patterns().stream())
                .distinct()
                .toList();
        return Stages.all(globs, glob -> link.runMixed(redis, scripts.patternEntry(glob)))
                .thenApply(answers -> {
                    Map<String, Entry> entries = new HashMap<>();
                    for (int i = 0; i < globs.size(); i++) {
                        entries.put(globs.get(i), Entry.of(answers.get(i)));
                    }
                    return entries;
                });
    }

    private CompletionStage<Outcome> stored(List<Store> commands, Map<String, Entry> entries) {
        List<Store> free = new ArrayList<>();
        List<Store> overtaken = new ArrayList<>();
        for (Store command : commands) {
            boolean may = command.patterns().stream()
                    .anyMatch(glob ->
                            entries.getOrDefault(glob, new Entry("", true)).mayOvertake(command));
            (may ? overtaken : free).add(command);
        }
        // In this order over one connection: a call ends the leases that it names.
        return stored(free, token).thenCombine(stored(overtaken, NOBODY), Outcome::and);
    }

    private CompletionStage<Outcome> stored(List<Store> commands, String holder) {
        return commands.isEmpty()
                ? CompletableFuture.completedStage(Outcome.NOTHING)
                : store.apply(scripts.leasedStore(commands, holder), commands);
    }
}
