package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ContinuityTest {

    private static final TableId BOOKS = new TableId("public", "books");
    private static final TableId AUTHORS = new TableId("public", "authors");
    private static final SourceState STATE = state("crash1", false, Map.of(BOOKS, "b1", AUTHORS, "a1"));
    private static final StoredPosition SLOT = new StoredPosition("shop", new Lsn(500), "7001", 1, 0, STATE);
    private static final Lsn WRITTEN = new Lsn(1000);

    private static SourceState state(String incarnation, boolean asynchronous, Map<TableId, String> tables) {
        return new SourceState(incarnation, asynchronous, new TreeMap<>(tables));
    }

    private static Continuity judge(StoredPosition stored) {
        return Continuity.judge(Optional.of(stored), Optional.empty(), SLOT, WRITTEN);
    }

    private static void isGapOfAll(Continuity continuity, String... words) {
        assertThat(continuity.gap()).hasValueSatisfying(gap -> {
            assertThat(gap.tables()).isEmpty();
            assertThat(gap.reason()).contains(words);
        });
        assertThat(continuity.position().epoch()).isEqualTo(4);
    }

    @Test
    void theSlotGoesOnWhereTheStoredPositionEnded() {
        Continuity continuity = judge(SLOT.inEpoch(3));
        assertThat(continuity.gap()).isEmpty();
        assertThat(continuity.position()).isEqualTo(SLOT.inEpoch(3));
    }

    @Test
    void aSlotBehindTheStoredPositionReplays() {
        Continuity continuity = judge(SLOT.inEpoch(3).at(new Lsn(600)));
        assertThat(continuity.gap()).isEmpty();
        assertThat(continuity.position().lsn()).isEqualTo(new Lsn(500));
    }

    @Test
    void aSlotAheadOfTheStoredPositionIsAGap() {
        isGapOfAll(judge(SLOT.inEpoch(3).at(new Lsn(499))), "past 0/1F3");
    }

    @Test
    void theFirstAttachIsAGapInEpochOne() {
        Continuity continuity = Continuity.judge(Optional.empty(), Optional.empty(), SLOT, WRITTEN);
        assertThat(continuity.gap())
                .hasValueSatisfying(gap -> assertThat(gap.tables()).isEmpty());
        assertThat(continuity.position().epoch()).isEqualTo(1);
    }

    @Test
    void aNewSlotIsAGapThoughThePositionMatches() {
        isGapOfAll(
                Continuity.judge(Optional.of(SLOT.inEpoch(3)), Optional.of("it was lost"), SLOT, WRITTEN),
                "it was lost");
    }

    @Test
    void anotherClusterIsAGap() {
        isGapOfAll(judge(new StoredPosition("shop", new Lsn(500), "7002", 1, 3, STATE)), "7001", "7002");
    }

    @Test
    void anotherTimelineIsAGap() {
        isGapOfAll(judge(new StoredPosition("shop", new Lsn(500), "7001", 2, 3, STATE)), "timeline");
    }

    @Test
    void aLogThatEndsBeforeTheStoredPositionIsAGap() {
        isGapOfAll(judge(SLOT.inEpoch(3).at(new Lsn(1001))), "restored");
    }

    @Test
    void aCrashIsAGapOnlyWhereCommitsMayHaveBeenLost() {
        SourceState crashed = state("crash0", false, STATE.tables());
        assertThat(judge(SLOT.inEpoch(3).with(crashed)).gap()).isEmpty();
        // Synchronous again by now; but not when it crashed.
        isGapOfAll(judge(SLOT.inEpoch(3).with(state("crash0", true, STATE.tables()))), "synchronous_commit");
        StoredPosition asynchronousNow = SLOT.with(state("crash1", true, STATE.tables()));
        isGapOfAll(
                Continuity.judge(
                        Optional.of(SLOT.inEpoch(3).with(crashed)), Optional.empty(), asynchronousNow, WRITTEN),
                "synchronous_commit");
        assertThat(Continuity.judge(Optional.of(asynchronousNow.inEpoch(3)), Optional.empty(), asynchronousNow, WRITTEN)
                        .gap())
                .isEmpty();
    }

    @Test
    void aTableThatTheLogDoesNotTellOfIsAGapOfThatTableInTheSameEpoch() {
        for (Map<TableId, String> before :
                java.util.List.of(Map.of(AUTHORS, "a1", BOOKS, "b0"), Map.of(AUTHORS, "a1"))) {
            Continuity continuity = judge(SLOT.inEpoch(3).with(state("crash1", false, before)));
            assertThat(continuity.gap()).hasValueSatisfying(gap -> {
                assertThat(gap.tables()).containsExactly(BOOKS);
                assertThat(gap.reason()).contains("public.books");
            });
            assertThat(continuity.position()).isEqualTo(SLOT.inEpoch(3));
        }
    }

    @Test
    void aTableThatIsMappedNoLongerIsNoGap() {
        SourceState more = state("crash1", false, Map.of(BOOKS, "b1", AUTHORS, "a1", new TableId("x", "y"), "z"));
        assertThat(judge(SLOT.inEpoch(3).with(more)).gap()).isEmpty();
    }

    @Test
    void aPositionSurvivesItsJson() {
        StoredPosition position =
                new StoredPosition("shop", Lsn.parse("16/B374D848"), "7001", 4, 9, state("c", true, STATE.tables()));
        assertThat(StoredPosition.parse(position.toJson())).isEqualTo(position);
    }

    @Test
    void aPositionThatWasStoredWithoutTheStateOfItsSourceProvesNothingOfAnyTable() {
        String json = "{\"slot\":\"shop\",\"lsn\":\"0/1F4\",\"system_identifier\":\"7001\",\"timeline\":1,\"epoch\":3}";
        StoredPosition old = StoredPosition.parse(json.getBytes(StandardCharsets.UTF_8));
        assertThat(old).isEqualTo(SLOT.inEpoch(3).with(SourceState.UNKNOWN));
        assertThat(judge(old).gap())
                .hasValueSatisfying(gap -> assertThat(gap.tables()).containsExactly(AUTHORS, BOOKS));
    }
}
