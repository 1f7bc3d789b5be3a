package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.KeyScan;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.CacheStore.Outcome;
import dev.freshet.redis.KeyCommand.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every cache store does. Run against the real one and the one in memory. */
public abstract class CacheStoreContract {

    private static final Snapshot SEES_UP_TO_100 = Snapshot.parse("101:101:");
    private static final Snapshot SEES_NOTHING_NEW = Snapshot.parse("50:50:");

    protected abstract CacheStore store();

    protected abstract FillStore fills();

    protected abstract ReadSide readSide();

    // ------------------------------------------------------------ invalidation

    @Test
    void anInvalidationRemovesTheKeyAndCountsOnlyWhatStood() {
        readSide().put("user:1", "old");
        readSide().put("user:3", "untouched");

        Outcome outcome = apply(invalidate("user:1", Fence.of(77)), invalidate("user:2", Fence.of(77)));

        assertThat(outcome).isEqualTo(new Outcome(1, 0, 0, 0));
        assertThat(readSide().get("user:1")).isEmpty();
        assertThat(readSide().get("user:3")).contains("untouched");
    }

    @Test
    void withoutFillsToFenceTheKeyGoesAndLeasesStand() {
        readSide().put("user:1", "old");
        String token = lease("user:2");

        Outcome outcome = apply(invalidate("user:1", Fence.NONE), invalidate("user:2", Fence.NONE));

        assertThat(outcome.removed()).isEqualTo(1);
        assertThat(readSide().get("user:1")).isEmpty();
        assertThat(readSide().fill("user:2", token, SEES_NOTHING_NEW, "v")).isTrue();
    }

    @Test
    void aFillThatHasNotSeenTheChangeIsRefusedThoughItsLeaseCameLater() {
        apply(invalidate("user:1", Fence.of(77)));

        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("77:77:"), "old"))
                .isFalse();
        assertThat(readSide().get("user:1")).isEmpty();
    }

    @Test
    void aFillThatHasSeenTheChangeIsAccepted() {
        apply(invalidate("user:1", Fence.of(77)));

        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("77:78:"), "new"))
                .isTrue();
        assertThat(readSide().get("user:1")).contains("new");
    }

    @Test
    void aTransactionStillInProgressInTheSnapshotIsNotSeen() {
        apply(invalidate("user:1", Fence.of(77)));

        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("77:90:77,80"), "old"))
                .isFalse();
    }

    @Test
    void anInvalidationVoidsTheLease() {
        String token = lease("user:1");

        apply(invalidate("user:1", Fence.of(77)));

        assertThat(readSide().fill("user:1", token, SEES_UP_TO_100, "old")).isFalse();
    }

    @Test
    void aFenceHoldsEveryTransactionNotTheLatestOnly() {
        apply(invalidate("user:1", Fence.of(77)));
        apply(invalidate("user:1", Fence.of(79)));

        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("77:80:77"), "old"))
                .isFalse();
    }

    @Test
    void aFencePastItsBoundAsksThatAllBelowTheFloorHaveEnded() {
        for (long id = 1000; id < 1000 + 2 * RedisLayout.FENCE_BOUND; id++) {
            apply(invalidate("user:1", Fence.of(id)));
        }

        // 1003 has folded: a snapshot in which it runs is told by xmin alone.
        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("1003:5000:1003"), "old"))
                .isFalse();
        assertThat(readSide().fill("user:2", lease("user:2"), Snapshot.parse("1003:5000:1003"), "v"))
                .isTrue();
        apply(invalidate("user:1", Fence.of(1001)));
        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("4000:5000:4000"), "new"))
                .isTrue();
    }

    @Test
    void manyTransactionsAtOnceFoldAsWell() {
        Fence ids = new Fence(LongStream.range(1000, 1500).boxed().collect(Collectors.toSet()), false);

        apply(invalidate("user:1", ids));

        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("1003:5000:1003"), "old"))
                .isFalse();
        apply(invalidate("user:1", ids));
        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("5000:5000:"), "new"))
                .isTrue();
    }

    @Test
    void aChangeThatNamesNoTransactionRefusesEveryFill() {
        apply(
                invalidate("user:1", Fence.REFUSE_ALL),
                invalidate("user:2", Fence.of(7).and(Fence.REFUSE_ALL)));

        assertThat(readSide().fill("user:1", lease("user:1"), SEES_UP_TO_100, "old"))
                .isFalse();
        assertThat(readSide().fill("user:2", lease("user:2"), SEES_UP_TO_100, "old"))
                .isFalse();
        readSide().letGuardsEnd();
        assertThat(readSide().fill("user:1", lease("user:1"), SEES_UP_TO_100, "new"))
                .isTrue();
    }

    @Test
    void oneFieldIsRemovedAndTheHashIsFenced() {
        readSide().putField("prices", "1", "10");
        readSide().putField("prices", "2", "20");
        readSide().put("text", "no hash");

        Outcome outcome = apply(
                invalidateField("prices", "1", Fence.of(77)),
                invalidateField("prices", "9", Fence.of(77)),
                invalidateField("text", "1", Fence.of(77)),
                invalidateField("absent", "", Fence.of(77)));

        assertThat(outcome.removed()).isEqualTo(1);
        assertThat(readSide().hash("prices")).isEqualTo(Map.of("2", "20"));
        assertThat(readSide().get("text")).contains("no hash");
        assertThat(readSide().fill("absent", lease("absent"), SEES_NOTHING_NEW, "old"))
                .isFalse();
    }

    @Test
    void anyNumberOfCommandsIsTaken() {
        List<KeyCommand> commands = LongStream.range(0, 1000)
                .<KeyCommand>mapToObj(
                        i -> i % 2 == 0 ? invalidate("n:" + i, Fence.of(i)) : store("n:" + i, "v" + i, Fence.of(i), 5))
                .toList();
        commands.forEach(command -> readSide().put(command.key(), "old"));

        Outcome outcome = store().apply(commands).toCompletableFuture().join();

        assertThat(outcome).isEqualTo(new Outcome(500, 500, 0, 0));
        assertThat(readSide().get("n:998")).isEmpty();
        assertThat(readSide().get("n:999")).contains("v999");
        assertThat(store().apply(List.of()).toCompletableFuture().join()).isEqualTo(Outcome.NOTHING);
    }

    // ------------------------------------------------------------ refresh

    @Test
    void aRefreshStoresTextHashOrField() {
        readSide().put("hash", "of another type");
        readSide().putField("text", "of another", "type");
        readSide().putField("card", "gone", "yes");
        readSide().putField("prices", "2", "20");

        Outcome outcome = apply(
                store("text", "new", Fence.of(77), 1),
                storeHash("hash", Map.of("a", "1", "b", ""), Optional.empty()),
                storeHash("card", Map.of("title", "t"), Optional.of(Duration.ofHours(1))),
                storeField("prices", "1", "10", 1));

        assertThat(outcome).isEqualTo(new Outcome(0, 4, 0, 0));
        assertThat(readSide().get("text")).contains("new");
        assertThat(readSide().hash("hash")).isEqualTo(Map.of("a", "1", "b", ""));
        assertThat(readSide().hash("card")).isEqualTo(Map.of("title", "t"));
        assertThat(readSide().hash("prices")).isEqualTo(Map.of("1", "10", "2", "20"));
        assertThat(readSide().hasTimeToLive("card")).isTrue();
        assertThat(readSide().hasTimeToLive("hash")).isFalse();
    }

    @Test
    void aRefreshSetsTheTimeToLiveThatItNamesAndNoOther() {
        apply(new KeyCommand.Store(
                "k",
                Optional.empty(),
                new Value.Text("v"),
                Optional.of(Duration.ofHours(1)),
                Fence.of(1),
                at(1),
                List.of()));
        assertThat(readSide().hasTimeToLive("k")).isTrue();

        apply(store("k", "v2", Fence.of(2), 2));

        assertThat(readSide().hasTimeToLive("k")).isFalse();
    }

    @Test
    void aRefreshVoidsTheLease() {
        String token = lease("k");

        apply(store("k", "new", Fence.of(77), 1));

        assertThat(readSide().fill("k", token, SEES_UP_TO_100, "old")).isFalse();
        assertThat(readSide().get("k")).contains("new");
    }

    @Test
    void aRefreshFences() {
        apply(store("k", "new", Fence.of(77), 1));
        evict("k");

        assertThat(readSide().fill("k", lease("k"), SEES_NOTHING_NEW, "old")).isFalse();
    }

    @Test
    void newerRefreshesStoreOneAfterTheOther() {
        for (int i = 1; i < 5; i++) {
            assertThat(apply(store("k", "v" + i, Fence.of(i), i)).stored()).isEqualTo(1);
        }

        assertThat(readSide().get("k")).contains("v4");
    }

    @Test
    void anOlderRefreshDeletesAndTheNewestPositionStays() {
        apply(store("k", "v2", Fence.of(2), 2));

        assertThat(apply(store("k", "v1", Fence.of(1), 1))).isEqualTo(new Outcome(0, 0, 1, 0));
        assertThat(readSide().get("k")).isEmpty();
        assertThat(apply(store("k", "v2", Fence.of(2), 2)).deletedInDoubt()).isEqualTo(1);
        assertThat(apply(store("k", "v3", Fence.of(3), 3)).stored()).isEqualTo(1);
    }

    @Test
    void aTieDeletes() {
        apply(store("k", "one row of two", Fence.of(2), 2));

        assertThat(apply(store("k", "the other", Fence.of(2), 2)).deletedInDoubt())
                .isEqualTo(1);
        assertThat(readSide().get("k")).isEmpty();
    }

    @Test
    void positionsCompareByEpochThenUnsignedLogPositions() {
        Position low = new Position(1, new Lsn(5), new Lsn(Long.MAX_VALUE));
        Position high = new Position(1, new Lsn(5), new Lsn(Long.MIN_VALUE));
        Position highest = new Position(1, new Lsn(-1), new Lsn(-1));
        Position nextEpoch = new Position(2, new Lsn(0), new Lsn(0));
        Position nextEpochByOne = new Position(2, new Lsn(0), new Lsn(1));

        for (Position position : List.of(low, high, highest, nextEpoch, nextEpochByOne)) {
            assertThat(apply(store("k", position.toString(), position)).stored())
                    .as(position.toString())
                    .isEqualTo(1);
        }
        for (Position position : List.of(nextEpochByOne, nextEpoch, highest, high, low)) {
            assertThat(apply(store("k", position.toString(), position)).deletedInDoubt())
                    .as(position.toString())
                    .isEqualTo(1);
        }
    }

    @Test
    void aDeleteLeavesItsPosition() {
        apply(invalidateAt("k", Fence.of(2), 2));

        assertThat(apply(store("k", "older", Fence.of(1), 1)).deletedInDoubt()).isEqualTo(1);
        assertThat(readSide().get("k")).isEmpty();
        assertThat(apply(store("k", "newer", Fence.of(3), 3)).stored()).isEqualTo(1);
    }

    @Test
    void anOlderDeleteDoesNotLowerThePosition() {
        apply(invalidateAt("k", Fence.of(5), 5), invalidateAt("l", Fence.NONE, 5));
        apply(invalidateAt("k", Fence.of(2), 2), invalidateAt("l", Fence.NONE, 2));

        assertThat(apply(store("k", "v", Fence.of(3), 3), store("l", "v", Fence.of(3), 3))
                        .deletedInDoubt())
                .isEqualTo(2);
    }

    @Test
    void afterADeleteOfUnknownPositionRefreshesDeleteUntilItsTimeHasEnded() {
        apply(new KeyCommand.Invalidate("k", Optional.empty(), Fence.of(7), Optional.empty(), true));
        readSide().put("k", "by an application");

        assertThat(apply(store("k", "v8", Fence.of(8), 8)).deletedInDoubt()).isEqualTo(1);
        assertThat(apply(store("k", "v9", Fence.of(9), 9)).deletedInDoubt()).isEqualTo(1);
        assertThat(readSide().get("k")).isEmpty();
        readSide().letGuardsEnd();
        assertThat(apply(store("k", "v10", Fence.of(10), 10)).stored()).isEqualTo(1);
    }

    @Test
    void aFillThatHasSeenTheChangeIsKept() {
        fill("k", Snapshot.parse("77:80:77"), "filled");

        assertThat(apply(store("k", "refreshed", Fence.of(78).and(Fence.of(79)), 5)))
                .isEqualTo(new Outcome(0, 0, 0, 1));
        assertThat(readSide().get("k")).contains("filled");
        // The drop left its position: an older change that the fill had not seen cannot come after it.
        evict("k");
        assertThat(apply(store("k", "older", Fence.of(77), 4)).deletedInDoubt()).isEqualTo(1);
    }

    @Test
    void aFillThatHasNotSeenTheChangeIsDeletedSinceItMayReflectMore() {
        fill("k", Snapshot.parse("77:80:77"), "filled");

        assertThat(apply(store("k", "refreshed", Fence.of(77).and(Fence.of(78)), 5))
                        .deletedInDoubt())
                .isEqualTo(1);
        assertThat(readSide().get("k")).isEmpty();
        assertThat(apply(store("k", "next", Fence.of(81), 6)).stored()).isEqualTo(1);
    }

    @Test
    void aChangeThatNamesNoTransactionIsNeverKnownToBeSeen() {
        for (Fence fence : List.of(Fence.REFUSE_ALL, Fence.NONE)) {
            fill("k", SEES_UP_TO_100, "filled");

            assertThat(apply(store("k", "refreshed", fence, 5)).kept()).isZero();
            assertThat(readSide().get("k")).isEmpty();
            readSide().letGuardsEnd();
        }
    }

    @Test
    void aFillThatWasEvictedLeavesRoomForARefresh() {
        fill("k", SEES_NOTHING_NEW, "filled");
        evict("k");

        assertThat(apply(store("k", "refreshed", Fence.of(77), 5)).stored()).isEqualTo(1);
        assertThat(apply(store("k", "next", Fence.of(78), 6)).stored()).isEqualTo(1);
    }

    @Test
    void aDeleteEndsWhatTheFillKnew() {
        fill("k", SEES_UP_TO_100, "filled");
        apply(invalidateAt("k", Fence.of(80), 4));

        assertThat(apply(store("k", "refreshed", Fence.of(90), 5)).stored()).isEqualTo(1);
    }

    @Test
    void aKeyThatChangesSeldomIsStoredEveryTime() {
        for (int i = 1; i < 5; i++) {
            assertThat(apply(store("k", "v" + i, Fence.of(i), i)).stored()).isEqualTo(1);
            readSide().letGuardsEnd();
        }

        assertThat(readSide().get("k")).contains("v4");
    }

    @Test
    void fieldsHaveTheirOwnPositions() {
        apply(storeField("prices", "1", "new", 5));

        assertThat(apply(storeField("prices", "2", "older, of another row", 2)).stored())
                .isEqualTo(1);
        assertThat(apply(storeField("prices", "1", "older", 3)).deletedInDoubt())
                .isEqualTo(1);
        assertThat(readSide().hash("prices")).isEqualTo(Map.of("2", "older, of another row"));
    }

    @Test
    void aDeleteOfTheWholeHashHoldsForItsFields() {
        apply(invalidateAt("prices", Fence.of(5), 5));

        assertThat(apply(storeField("prices", "1", "older", 3)).deletedInDoubt())
                .isEqualTo(1);
        assertThat(apply(storeField("prices", "1", "newer", 6)).stored()).isEqualTo(1);
    }

    @Test
    void aFieldIsNotStoredIntoSomethingElse() {
        readSide().put("prices", "a text");

        assertThat(apply(storeField("prices", "1", "10", 3)).deletedInDoubt()).isEqualTo(1);
        assertThat(readSide().get("prices")).contains("a text");
    }

    @Test
    void applyingAgainIsHarmless() {
        List<KeyCommand> commands = List.of(
                invalidate("a", Fence.of(1)),
                invalidateAt("b", Fence.of(2), 2),
                invalidateField("c", "f", Fence.of(3)),
                store("d", "v", Fence.of(4), 4));
        for (int i = 0; i < 3; i++) {
            store().apply(commands).toCompletableFuture().join();
        }

        assertThat(readSide().get("a")).isEmpty();
        assertThat(readSide().get("d")).isEmpty();
        assertThat(apply(store("d", "v", Fence.of(5), 5)).stored()).isEqualTo(1);
        assertThat(readSide().fill("a", lease("a"), SEES_UP_TO_100, "new")).isTrue();
    }

    @Test
    void aKeyThatIsNoUnicodeTextIsRefusedAndNotTakenForAnother() {
        readSide().put("a?", "another key");

        CompletionStage<Outcome> answer = store().apply(List.of(invalidate("a\uD800", Fence.NONE)));

        assertThat(answer.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(4))
                .withThrowableThat()
                .withCauseInstanceOf(IllegalArgumentException.class);
        assertThat(readSide().get("a?")).contains("another key");
    }

    // ------------------------------------------------------------ patterns

    @Test
    void aPatternsNewerPositionMakesOlderRefreshesDelete() {
        join(store().fencePattern("user:*", Fence.of(50), Optional.of(at(5))));
        join(store().fencePattern("user:*", Fence.of(40), Optional.of(at(4))));

        assertThat(apply(storeMatching("user:1", 4, "other:*", "user:*")).deletedInDoubt())
                .isEqualTo(1);
        assertThat(apply(storeMatching("user:2", 5, "user:*")).deletedInDoubt()).isEqualTo(1);
        assertThat(apply(storeMatching("user:3", 6, "user:*")).stored()).isEqualTo(1);
        assertThat(apply(storeMatching("user:4", 4, "other:*")).stored()).isEqualTo(1);
    }

    @Test
    void aPatternsUnknownPositionMakesRefreshesDelete() {
        join(store().fencePattern("user:*", Fence.REFUSE_ALL, Optional.empty()));

        assertThat(apply(storeMatching("user:1", 9, "user:*")).deletedInDoubt()).isEqualTo(1);
        readSide().letGuardsEnd();
        assertThat(apply(storeMatching("user:1", 10, "user:*")).stored()).isEqualTo(1);
    }

    @Test
    void publishedPatternsReplaceThoseBefore() {
        join(store().publishPatterns("shop", Map.of("book", "book:*", "user", "user:*"), Map.of()));
        join(store().publishPatterns("other", Map.of("x", "y"), Map.of()));
        join(store().publishPatterns("shop", Map.of("book", "b:*"), Map.of()));

        assertThat(readSide().patterns("shop")).isEqualTo(Map.of("book", "b:*"));
        assertThat(readSide().patterns("other")).isEqualTo(Map.of("x", "y"));
        join(store().publishPatterns("shop", Map.of(), Map.of()));
        assertThat(readSide().patterns("shop")).isEmpty();
    }

    @Test
    void aPatternsFenceRefusesFillsOfKeysThatMatchIt() {
        join(store().fencePattern("user:*", Fence.of(77), Optional.empty()));

        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("77:77:"), "old", "a*", "user:*"))
                .isFalse();
        assertThat(readSide().fill("user:1", lease("user:1"), Snapshot.parse("78:78:"), "new", "a*", "user:*"))
                .isTrue();
    }

    @Test
    void whatWasFilledWithoutHavingSeenTheChangeIsTakenBackAndNothingElse() {
        fill("user:1", Snapshot.parse("77:77:"), "filled too early");
        fill("user:2", Snapshot.parse("78:78:"), "filled in time");
        fill("other:3", Snapshot.parse("77:77:"), "not meant");
        readSide().put("user:4", "by an application");
        apply(store("user:5", "refreshed", Fence.of(78), 5));

        assertThat(join(store().takeBack(KeyScan.ofGlob("user:*"), Fence.of(77))))
                .isEqualTo(1);
        assertThat(readSide().get("user:1")).isEmpty();
        assertThat(List.of("user:2", "other:3", "user:4", "user:5"))
                .allMatch(key -> readSide().get(key).isPresent());
        assertThat(join(store().takeBack(KeyScan.ofGlob("user:2"), Fence.REFUSE_ALL)))
                .isEqualTo(1);
    }

    // ------------------------------------------------------------ tags

    @Test
    void anInvalidationOfATagRemovesWhatIsFiledUnderItAndNothingElse() {
        List.of("a", "b", "c").forEach(key -> readSide().put(key, "v"));
        readSide().putField("h", "f", "v");
        List.of("a", "b", "h", "evicted").forEach(key -> readSide().file("genre:5", key));
        List.of("b", "c").forEach(key -> readSide().file("genre:6", key));

        assertThat(join(store().invalidateTag("genre:5", Fence.of(77)))).isEqualTo(3);
        assertThat(readSide().get("a")).isEmpty();
        assertThat(readSide().get("b")).isEmpty();
        assertThat(readSide().hash("h")).isEmpty();
        assertThat(readSide().get("c")).isPresent();
        assertThat(join(store().invalidateTag("genre:7", Fence.of(77)))).isZero();
        assertThat(readSide().filed("genre:7")).isEmpty();
    }

    @Test
    void keysStayFiledSoThatTheNextInvalidationFindsThemAndRepeatingItIsHarmless() {
        readSide().file("genre:5", "a");
        for (int i = 0; i < 3; i++) {
            readSide().put("a", "filled again");

            assertThat(join(store().invalidateTag("genre:5", Fence.of(77)))).isEqualTo(1);
            assertThat(join(store().invalidateTag("genre:5", Fence.of(77)))).isZero();
            assertThat(readSide().filed("genre:5")).containsExactly("a");
        }
    }

    @Test
    void aTagIsFencedWhetherKeysAreFiledOrNot() {
        readSide().file("full", "a");
        for (String tag : List.of("full", "empty")) {
            assertThat(readSide().tagAllows(tag, SEES_NOTHING_NEW)).isTrue();

            join(store().invalidateTag(tag, Fence.of(77)));
            join(store().invalidateTag(tag, Fence.of(79).and(Fence.of(80))));

            assertThat(readSide().tagAllows(tag, Snapshot.parse("77:81:77"))).isFalse();
            assertThat(readSide().tagAllows(tag, Snapshot.parse("80:81:80"))).isFalse();
            assertThat(readSide().tagAllows(tag, Snapshot.parse("81:81:"))).isTrue();
            assertThat(readSide().tagAllows("another", SEES_NOTHING_NEW)).isTrue();
            join(store().invalidateTag(tag, Fence.REFUSE_ALL));
            assertThat(readSide().tagAllows(tag, SEES_UP_TO_100)).isFalse();
        }
    }

    @Test
    void anInvalidationOfATagVoidsTheLeasesOfItsKeysAndEndsWhatTheirFillsKnew() {
        fill("filled", SEES_UP_TO_100, "v");
        String token = lease("loading");
        List.of("filled", "loading").forEach(key -> readSide().file("genre:5", key));

        join(store().invalidateTag("genre:5", Fence.of(77)));

        assertThat(readSide().fill("loading", token, SEES_UP_TO_100, "v")).isFalse();
        readSide().put("filled", "by an application");
        assertThat(apply(store("filled", "refreshed", Fence.of(90), 5)).stored())
                .isEqualTo(1);
    }

    @Test
    void aTagOfAnySizeAndNameIsTaken() {
        for (String tag : List.of("large", "", "a b:{c}*\n😀")) {
            for (int i = 0; i < 3000; i++) {
                readSide().put("k:" + i, "v");
                readSide().file(tag, "k:" + i);
            }

            assertThat(join(store().invalidateTag(tag, Fence.of(77)))).isEqualTo(3000);
            assertThat(readSide().filed(tag)).hasSize(3000);
        }
    }

    // ------------------------------------------------------------ lease and fill

    @Test
    void oneReaderAtATimeHoldsTheLeaseOfAMissingKey() {
        String token = lease("k");

        assertThat(readSide().lease("k")).isEmpty();
        assertThat(readSide().fill("k", "another's token", SEES_UP_TO_100, "v")).isFalse();
        assertThat(readSide().fill("k", token, SEES_UP_TO_100, "v")).isTrue();
        assertThat(readSide().lease("k")).isEmpty();
        assertThat(readSide().fill("k", token, SEES_UP_TO_100, "again")).isFalse();
        assertThat(readSide().get("k")).contains("v");
    }

    @Test
    void aLeaseIsGivenBackByItsHolderOnlyAndByARefusedFill() {
        String token = lease("k");
        join(fills().release("k", "another's token"));
        assertThat(readSide().lease("k")).isEmpty();
        join(fills().release("k", token));

        apply(invalidate("l", Fence.of(77)));
        assertThat(readSide().fill("l", lease("l"), SEES_NOTHING_NEW, "old")).isFalse();

        assertThat(lease("k")).isNotEqualTo(token);
        assertThat(lease("l")).isNotEmpty();
    }

    @Test
    void aHashIsFilledWithATimeToLive() {
        assertThat(join(fills().fill(
                                "k",
                                lease("k"),
                                SEES_UP_TO_100,
                                new Value.Hash(Map.of("a", "1", "b", "2")),
                                Optional.of(Duration.ofHours(1)),
                                List.of())))
                .isTrue();

        assertThat(readSide().hash("k")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(readSide().hasTimeToLive("k")).isTrue();
    }

    // ------------------------------------------------------------ sweep

    @Test
    void aSweepRemovesWhatMatchesGlobAndFormAndNothingElse() {
        for (int i = 0; i < 3000; i++) {
            readSide().put("user:" + i, "v");
        }
        readSide().put("user:x", "not of the form");
        readSide().put("users:1", "not of the glob");

        long removed =
                join(store().sweep(new KeyScan("user:*", Pattern.compile("\\Quser:\\E(?:[0-9]+)")), Optional.empty()));

        assertThat(removed).isEqualTo(3000);
        assertThat(readSide().get("user:7")).isEmpty();
        assertThat(readSide().get("user:x")).isPresent();
        assertThat(readSide().get("users:1")).isPresent();
    }

    @Test
    void aSweepOfEverythingLeavesFreshetsOwnKeys() {
        readSide().put("anything", "v");
        readSide().put("freshet:other", "v");

        assertThat(join(store().sweep(KeyScan.ofGlob("*"), Optional.empty()))).isEqualTo(1);
        assertThat(readSide().get("freshet:other")).isPresent();
        assertThat(join(store().sweep(KeyScan.ofGlob("freshet:o*"), Optional.empty())))
                .isEqualTo(1);
    }

    @Test
    void anEscapedNameIsSweptExactly() {
        List<String> hostile = List.of(
                "*",
                "?",
                "[",
                "]",
                "[a-c]",
                "[^a]",
                "\\",
                "\\\\",
                "\\*",
                "a\\",
                "^",
                "-",
                "a*b",
                "line\nbreak",
                "",
                "é",
                "日本",
                "😀",
                "{}",
                "{a}b",
                "nul\0l",
                " ");
        for (String name : hostile) {
            hostile.forEach(key -> readSide().put("k:" + key, "v"));
            readSide().put("k:ab", "v");
            KeyScan scan = KeyScan.ofGlob(KeyTemplate.escapeGlob("k:" + name));

            assertThat(join(store().sweep(scan, Optional.empty()))).as(name).isEqualTo(1);
            assertThat(readSide().get("k:" + name)).as(name).isEmpty();
            // With a wildcard behind, so that no store can take it for one key.
            readSide().put("k:" + name + "|1", "v");
            KeyScan prefix = KeyScan.ofGlob(KeyTemplate.escapeGlob("k:" + name + "|") + "*");
            assertThat(join(store().sweep(prefix, Optional.empty()))).as(name).isEqualTo(1);
            assertThat(hostile.stream().filter(key -> readSide().get("k:" + key).isPresent()))
                    .as(name)
                    .hasSize(hostile.size() - 1);
            assertThat(readSide().get("k:ab")).isPresent();
        }
    }

    @Test
    void aFieldSweepRemovesFieldsOfHashesOnly() {
        for (int i = 0; i < 1500; i++) {
            readSide().putField("prices", Integer.toString(i), "v");
        }
        readSide().putField("prices", "note", "stays");
        readSide().putField("prices:eu", "1", "v");
        readSide().put("prices:text", "v");
        KeyScan digits = new KeyScan("*", Pattern.compile("[0-9]+"));

        assertThat(join(store().sweep(KeyScan.ofGlob("prices"), Optional.of(digits))))
                .isEqualTo(1500);
        assertThat(readSide().hash("prices")).isEqualTo(Map.of("note", "stays"));
        assertThat(join(store().sweep(KeyScan.ofGlob("prices*"), Optional.of(digits))))
                .isEqualTo(1);
        assertThat(join(store().sweep(KeyScan.ofGlob("prices:text"), Optional.of(digits))))
                .isZero();
        assertThat(readSide().get("prices:text")).isPresent();
    }

    // ------------------------------------------------------------ words

    static Position at(long change) {
        return new Position(1, new Lsn(1000), new Lsn(change));
    }

    static KeyCommand.Invalidate invalidate(String key, Fence fence) {
        return new KeyCommand.Invalidate(key, Optional.empty(), fence, Optional.empty(), false);
    }

    static KeyCommand.Invalidate invalidateAt(String key, Fence fence, long change) {
        return new KeyCommand.Invalidate(key, Optional.empty(), fence, Optional.of(at(change)), true);
    }

    static KeyCommand.Invalidate invalidateField(String key, String field, Fence fence) {
        return new KeyCommand.Invalidate(key, Optional.of(field), fence, Optional.empty(), false);
    }

    static KeyCommand.Store store(String key, String value, Fence fence, long change) {
        return new KeyCommand.Store(
                key, Optional.empty(), new Value.Text(value), Optional.empty(), fence, at(change), List.of());
    }

    private static KeyCommand.Store store(String key, String value, Position position) {
        return new KeyCommand.Store(
                key, Optional.empty(), new Value.Text(value), Optional.empty(), Fence.of(1), position, List.of());
    }

    static KeyCommand.Store storeMatching(String key, long change, String... patterns) {
        return new KeyCommand.Store(
                key,
                Optional.empty(),
                new Value.Text("v"),
                Optional.empty(),
                Fence.of(change),
                at(change),
                List.of(patterns));
    }

    private static KeyCommand.Store storeHash(String key, Map<String, String> fields, Optional<Duration> ttl) {
        return new KeyCommand.Store(key, Optional.empty(), new Value.Hash(fields), ttl, Fence.of(1), at(1), List.of());
    }

    static KeyCommand.Store storeField(String key, String field, String value, long change) {
        return new KeyCommand.Store(
                key,
                Optional.of(field),
                new Value.Text(value),
                Optional.empty(),
                Fence.of(change),
                at(change),
                List.of());
    }

    private Outcome apply(KeyCommand... commands) {
        return join(store().apply(List.of(commands)));
    }

    private String lease(String key) {
        return readSide().lease(key).orElseThrow();
    }

    private void fill(String key, Snapshot snapshot, String value) {
        assertThat(readSide().fill(key, lease(key), snapshot, value)).isTrue();
    }

    /** The value goes, and nothing that is known beside it. */
    private void evict(String key) {
        join(store().sweep(KeyScan.ofGlob(KeyTemplate.escapeGlob(key)), Optional.empty()));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
