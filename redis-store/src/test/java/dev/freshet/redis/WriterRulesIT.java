package dev.freshet.redis;

import static dev.freshet.redis.AlteredScripts.Alteration.everywhere;
import static dev.freshet.redis.CacheStoreContract.at;
import static dev.freshet.redis.CacheStoreContract.invalidate;
import static dev.freshet.redis.CacheStoreContract.invalidateAt;
import static dev.freshet.redis.CacheStoreContract.store;
import static dev.freshet.redis.CacheStoreContract.storeField;
import static dev.freshet.redis.CacheStoreContract.storeMatching;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.AlteredScripts.Alteration;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule of the writer's scripts, with the scenario of the fill model that breaks without it: the scenario holds with
 * the scripts as they are, and breaks once the rule's text is taken out of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriterRulesIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Snapshot BEFORE_77 = Snapshot.parse("77:77:");
    private static final Snapshot AFTER = Snapshot.parse("200:200:");

    private final TestRedis redis = TestRedis.start();
    private final RedisCommands<String, String> commands = redis.text();

    /** Plays out a race on key k; what stands there afterwards must be as said. */
    private interface Scenario {
        boolean holds(CacheStore store, ReadSide readers);
    }

    private record Rule(String name, Alteration without, Scenario scenario) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
                // Rule 1
                new Rule(
                        "B1 an invalidation fences",
                        Alteration.of(Scripts.INVALIDATE, "add_fence(KEYS[2 * n + i], ARGV[1 + i], window)", ""),
                        WriterRulesIT::fillAfterInvalidationIsRefused),
                new Rule(
                        "B3, B4b an invalidation voids the lease",
                        Alteration.of(Scripts.INVALIDATE, "call('UNLINK', unpack(KEYS, n + 1, 2 * n))", ""),
                        WriterRulesIT::slowFillIsRefused),
                new Rule(
                        "B1 a guarded invalidation fences",
                        Alteration.of(Scripts.REMOVE, "    add_fence(fence, ids, window)", ""),
                        WriterRulesIT::fillAfterGuardedInvalidationIsRefused),
                new Rule(
                        "B4b a guarded invalidation voids the lease",
                        Alteration.of(Scripts.REMOVE, "call('UNLINK', lease)", ""),
                        WriterRulesIT::slowFillIsRefusedAfterGuardedInvalidation),
                // Rule 2
                new Rule(
                        "B5 a fence is a set",
                        everywhere("  if is_single(ids) then", "  call('UNLINK', fence)\n  if is_single(ids) then"),
                        WriterRulesIT::earlierTransactionIsRemembered),
                new Rule(
                        "A7 what folds leaves a floor",
                        everywhere("  raise_floor(fence, tonumber(folded[#folded - 1]))", ""),
                        WriterRulesIT::foldedTransactionIsRemembered),
                new Rule(
                        "A7 the floor never falls",
                        everywhere(
                                "math.max(id, drop_special(fence, 'floor:'))",
                                "id + 0 * drop_special(fence, 'floor:')"),
                        WriterRulesIT::floorStaysWhenOlderIdsFold),
                // Rule 3
                new Rule(
                        "C3 a change without an id refuses fills",
                        everywhere(
                                "call('ZADD', fence, '+inf', string.format('all:%.0f', now() + tonumber(window)))", ""),
                        WriterRulesIT::changeWithoutIdIsRemembered),
                // Rules 5 and 10
                new Rule(
                        "B3 a fill needs its lease",
                        Alteration.of(Scripts.FILL, "if holder ~= ARGV[1] then", "if false then"),
                        WriterRulesIT::slowFillIsRefused),
                new Rule(
                        "B1 a fill asks the fence",
                        Alteration.of(Scripts.FILL, " or not allows(KEYS[3], snapshot)", ""),
                        WriterRulesIT::fillAfterInvalidationIsRefused),
                new Rule(
                        "G5 a fill asks its patterns' fences",
                        Alteration.of(Scripts.FILL, "for i = 7, fences do", "for i = 7, 6 do"),
                        WriterRulesIT::fillAfterTruncateIsRefused),
                new Rule(
                        "G4 what was filled meanwhile is taken back",
                        Alteration.of(Scripts.TAKE_BACK, "not sees_all(snapshot, ARGV[1])", "false"),
                        WriterRulesIT::fillDuringTruncateIsTakenBack),
                // Rule 12
                new Rule(
                        "E1 a refresh voids the lease",
                        Alteration.of(Scripts.STORE, "call('UNLINK', lease)", ""),
                        WriterRulesIT::slowFillIsRefusedAfterRefresh),
                new Rule(
                        "E2 a refresh fences",
                        Alteration.of(Scripts.STORE, "    add_fence(fence, ids, window)", ""),
                        WriterRulesIT::fillAfterRefreshIsRefused),
                new Rule(
                        "E5 a refresh leaves its position",
                        Alteration.of(
                                Scripts.STORE,
                                "    forget_snapshot(entry)\n    leave_position(entry, position, life)",
                                ""),
                        WriterRulesIT::olderRefreshDoesNotStore),
                // Rule 13
                new Rule(
                        "E5 an older refresh deletes",
                        Alteration.of(
                                Scripts.STORE,
                                "local doubt = may_be_overtaken(entry, position)",
                                "local doubt = false"),
                        WriterRulesIT::olderRefreshDoesNotStore),
                new Rule(
                        "a tie deletes",
                        everywhere(
                                "      return x > y\n    end\n  end\n  return true",
                                "      return x > y\n    end\n  end\n  return false"),
                        WriterRulesIT::tieDeletes),
                new Rule(
                        "E3 a fill that may reflect more is deleted",
                        Alteration.of(Scripts.STORE, "doubt = call('EXISTS', key) == 1", ""),
                        WriterRulesIT::fillThatMayReflectMoreIsNotOverwritten),
                new Rule(
                        "E3 a fill that has seen the change is kept",
                        Alteration.of(Scripts.STORE, "if whole.s and sees_all(whole.s, ids) then", "if false then"),
                        WriterRulesIT::fillThatHasSeenIsKept),
                new Rule(
                        "E9 a dropped refresh leaves its position",
                        Alteration.of(
                                Scripts.STORE,
                                "kept = kept + 1\n    leave_position(entry, position, life)",
                                "kept = kept + 1"),
                        WriterRulesIT::droppedRefreshCountsAsApplied),
                new Rule(
                        "E6 a delete leaves its position",
                        Alteration.of(Scripts.REMOVE, "      leave_position(entry, position, life)", ""),
                        WriterRulesIT::deleteIsRemembered),
                new Rule(
                        "E7 a delete of unknown position leaves doubt",
                        Alteration.of(Scripts.REMOVE, "      leave_unknown(entry, life)", ""),
                        WriterRulesIT::unknownDeleteIsRemembered),
                new Rule(
                        "a position never falls",
                        everywhere("if not (entry.p and at_or_after(entry.p, position)) then", "if true then"),
                        WriterRulesIT::positionStaysThroughOlderDelete),
                new Rule(
                        "a delete ends what a fill's snapshot says",
                        Alteration.of(Scripts.REMOVE, "    forget_snapshot(entry)", ""),
                        WriterRulesIT::snapshotEndsWithItsValue),
                new Rule(
                        "a truncate in another partition is newer",
                        Alteration.of(
                                Scripts.STORE,
                                "doubt = doubt or may_be_overtaken(pattern_entry(KEYS[k + 4 + i]), position)",
                                "doubt = doubt"),
                        WriterRulesIT::refreshOlderThanTruncateDoesNotStore),
                new Rule(
                        "a delete of a hash is newer than its fields",
                        Alteration.of(
                                Scripts.STORE,
                                "doubt = doubt or kind == 'f' and may_be_overtaken(whole, position)",
                                ""),
                        WriterRulesIT::fieldOlderThanTheHashesDeleteIsNotStored));
    }

    @BeforeEach
    void empty() {
        commands.flushall();
    }

    @AfterAll
    void close() {
        redis.close();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theScenarioHoldsAndBreaksWithoutTheRule(Rule rule) {
        try (RedisCacheStore asWritten = RedisCacheStore.at(redis.url(), WINDOW)) {
            assertThat(rule.scenario().holds(asWritten, readers(asWritten)))
                    .as("as written")
                    .isTrue();
        }
        commands.flushall();
        Scripts without = AlteredScripts.standardBut(rule.without());
        try (RedisCacheStore broken = RedisCacheStore.at(redis.url(), WINDOW, Duration.ofSeconds(5), without)) {
            assertThat(rule.scenario().holds(broken, readers(broken)))
                    .as("without the rule")
                    .isFalse();
        }
    }

    private ReadSide readers(FillStore fills) {
        return new RedisReadSide(commands, fills, WINDOW);
    }

    // ------------------------------------------------------------ scenarios

    private static boolean fillAfterInvalidationIsRefused(CacheStore store, ReadSide readers) {
        apply(store, invalidate("k", Fence.of(77)));
        // The commit is decoded, not yet visible: this reader still sees the old row.
        String token = readers.lease("k").orElseThrow();
        return !readers.fill("k", token, BEFORE_77, "old");
    }

    private static boolean fillAfterGuardedInvalidationIsRefused(CacheStore store, ReadSide readers) {
        apply(store, invalidateAt("k", Fence.of(77), 1));
        return !readers.fill("k", readers.lease("k").orElseThrow(), BEFORE_77, "old");
    }

    private static boolean fillAfterTruncateIsRefused(CacheStore store, ReadSide readers) {
        store.fencePattern("k*", Fence.of(77), Optional.empty())
                .toCompletableFuture()
                .join();
        return !readers.fill("k", readers.lease("k").orElseThrow(), BEFORE_77, "old", "k*");
    }

    private static boolean fillDuringTruncateIsTakenBack(CacheStore store, ReadSide readers) {
        readers.fill("k", readers.lease("k").orElseThrow(), BEFORE_77, "old");
        store.takeBack(KeyScan.ofGlob("k*"), Fence.of(77)).toCompletableFuture().join();
        return readers.get("k").isEmpty();
    }

    private static boolean slowFillIsRefused(CacheStore store, ReadSide readers) {
        return slowFillIsRefused(store, readers, invalidate("k", Fence.of(77)));
    }

    private static boolean slowFillIsRefusedAfterGuardedInvalidation(CacheStore store, ReadSide readers) {
        return slowFillIsRefused(store, readers, invalidateAt("k", Fence.of(77), 1));
    }

    private static boolean slowFillIsRefusedAfterRefresh(CacheStore store, ReadSide readers) {
        return slowFillIsRefused(store, readers, store("k", "new", Fence.of(77), 1));
    }

    private static boolean slowFillIsRefused(CacheStore store, ReadSide readers, KeyCommand command) {
        String token = readers.lease("k").orElseThrow();
        apply(store, command);
        readers.loseFence("k");
        return !readers.fill("k", token, BEFORE_77, "old");
    }

    private static boolean fillAfterRefreshIsRefused(CacheStore store, ReadSide readers) {
        apply(store, store("k", "new", Fence.of(77), 1));
        apply(store, invalidate("k", Fence.NONE)); // evicted, say
        return !readers.fill("k", readers.lease("k").orElseThrow(), BEFORE_77, "old");
    }

    private static boolean earlierTransactionIsRemembered(CacheStore store, ReadSide readers) {
        apply(store, invalidate("k", Fence.of(77)));
        apply(store, invalidate("k", Fence.of(78)));
        // 78 became visible first.
        return !readers.fill("k", readers.lease("k").orElseThrow(), Snapshot.parse("77:79:77"), "old");
    }

    private static boolean foldedTransactionIsRemembered(CacheStore store, ReadSide readers) {
        for (int i = 0; i < RedisLayout.FENCE_BOUND + 2; i++) {
            apply(store, invalidate("k", Fence.of(77 + i)));
        }
        return !readers.fill("k", readers.lease("k").orElseThrow(), Snapshot.parse("77:500:77"), "old");
    }

    private static boolean floorStaysWhenOlderIdsFold(CacheStore store, ReadSide readers) {
        for (int i = 0; i < 2 * RedisLayout.FENCE_BOUND; i++) {
            apply(store, invalidate("k", Fence.of(77 + i)));
        }
        apply(store, invalidate("k", Fence.of(5)));
        return !readers.fill("k", readers.lease("k").orElseThrow(), Snapshot.parse("77:500:77"), "old");
    }

    private static boolean changeWithoutIdIsRemembered(CacheStore store, ReadSide readers) {
        apply(store, invalidate("k", Fence.REFUSE_ALL));
        return !readers.fill("k", readers.lease("k").orElseThrow(), AFTER, "old");
    }

    private static boolean olderRefreshDoesNotStore(CacheStore store, ReadSide readers) {
        apply(store, store("k", "new", Fence.of(78), 2));
        apply(store, store("k", "old", Fence.of(77), 1));
        return !readers.get("k").equals(Optional.of("old"));
    }

    private static boolean tieDeletes(CacheStore store, ReadSide readers) {
        apply(store, store("k", "one", Fence.of(77), 1));
        apply(store, store("k", "other", Fence.of(77), 1));
        return readers.get("k").isEmpty();
    }

    private static boolean fillThatMayReflectMoreIsNotOverwritten(CacheStore store, ReadSide readers) {
        // Snapshot before 77 and 78 are visible, load after both: the value has 78, the refresh of 77 has not.
        readers.fill("k", readers.lease("k").orElseThrow(), BEFORE_77, "with 78");
        apply(store, store("k", "with 77", Fence.of(77), 1));
        return readers.get("k").isEmpty();
    }

    private static boolean fillThatHasSeenIsKept(CacheStore store, ReadSide readers) {
        readers.fill("k", readers.lease("k").orElseThrow(), AFTER, "filled");
        apply(store, store("k", "older", Fence.of(77), 1));
        return readers.get("k").equals(Optional.of("filled"));
    }

    private static boolean droppedRefreshCountsAsApplied(CacheStore store, ReadSide readers) {
        readers.fill("k", readers.lease("k").orElseThrow(), AFTER, "filled");
        apply(store, store("k", "with 78", Fence.of(78), 2));
        apply(store, invalidateAt("k", Fence.of(76), 0));
        apply(store, store("k", "with 77 only", Fence.of(77), 1));
        return readers.get("k").isEmpty();
    }

    private static boolean deleteIsRemembered(CacheStore store, ReadSide readers) {
        apply(store, invalidateAt("k", Fence.of(78), 2));
        apply(store, store("k", "old", Fence.of(77), 1));
        return readers.get("k").isEmpty();
    }

    private static boolean unknownDeleteIsRemembered(CacheStore store, ReadSide readers) {
        apply(store, new KeyCommand.Invalidate("k", Optional.empty(), Fence.of(78), Optional.empty(), true));
        apply(store, store("k", "old", Fence.of(77), 1));
        return readers.get("k").isEmpty();
    }

    private static boolean positionStaysThroughOlderDelete(CacheStore store, ReadSide readers) {
        apply(store, invalidateAt("k", Fence.of(79), 3));
        apply(store, invalidateAt("k", Fence.of(77), 1));
        apply(store, store("k", "old", Fence.of(78), 2));
        return readers.get("k").isEmpty();
    }

    private static boolean snapshotEndsWithItsValue(CacheStore store, ReadSide readers) {
        readers.fill("k", readers.lease("k").orElseThrow(), AFTER, "filled");
        apply(store, invalidateAt("k", Fence.of(77), 1));
        readers.put("k", "by an application");
        apply(store, store("k", "new", Fence.of(78), 2));
        return !readers.get("k").equals(Optional.of("by an application"));
    }

    private static boolean refreshOlderThanTruncateDoesNotStore(CacheStore store, ReadSide readers) {
        store.fencePattern("k*", Fence.of(78), Optional.of(at(2)))
                .toCompletableFuture()
                .join();
        apply(store, storeMatching("k", 1, "k*"));
        return readers.get("k").isEmpty();
    }

    private static boolean fieldOlderThanTheHashesDeleteIsNotStored(CacheStore store, ReadSide readers) {
        apply(store, invalidateAt("k", Fence.of(78), 2));
        apply(store, storeField("k", "f", "old", 1));
        return readers.hash("k").isEmpty();
    }

    private static void apply(CacheStore store, KeyCommand command) {
        store.apply(List.of(command)).toCompletableFuture().join();
    }
}
