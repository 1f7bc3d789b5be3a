package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContinuityTest {

    private static final StoredPosition SLOT = new StoredPosition("shop", new Lsn(500), "7001", 1, 0);

    private static Continuity judge(StoredPosition stored) {
        return Continuity.judge(Optional.of(stored), Optional.empty(), SLOT);
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
        Continuity continuity = judge(SLOT.inEpoch(3).at(new Lsn(499)));
        assertThat(continuity.gap()).isPresent();
        assertThat(continuity.position().epoch()).isEqualTo(4);
    }

    @Test
    void theFirstAttachIsAGapInEpochOne() {
        Continuity continuity = Continuity.judge(Optional.empty(), Optional.empty(), SLOT);
        assertThat(continuity.gap()).isPresent();
        assertThat(continuity.position().epoch()).isEqualTo(1);
    }

    @Test
    void aNewSlotIsAGapThoughThePositionMatches() {
        Continuity continuity = Continuity.judge(Optional.of(SLOT.inEpoch(3)), Optional.of("it was lost"), SLOT);
        assertThat(continuity.gap()).contains("it was lost");
        assertThat(continuity.position().epoch()).isEqualTo(4);
    }

    @Test
    void anotherClusterIsAGap() {
        assertThat(judge(new StoredPosition("shop", new Lsn(500), "7002", 1, 3)).gap())
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("7001").contains("7002"));
    }

    @Test
    void anotherTimelineIsAGap() {
        assertThat(judge(new StoredPosition("shop", new Lsn(500), "7001", 2, 3)).gap())
                .hasValueSatisfying(reason -> assertThat(reason).contains("timeline"));
    }

    @Test
    void aPositionSurvivesItsJson() {
        StoredPosition position = new StoredPosition("shop", Lsn.parse("16/B374D848"), "7001", 4, 9);
        assertThat(StoredPosition.parse(position.toJson())).isEqualTo(position);
    }
}
