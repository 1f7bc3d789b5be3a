package dev.freshet.system.reads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.system.reads.Judge.Kind;
import dev.freshet.system.reads.Judge.SourceSnapshot;
import dev.freshet.system.reads.Shop.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final long MS = 1_000_000;

    private final History history =
            new History(Map.of("book/1", Place.on(1, 3), "book/2", Place.empty(0), "member/m1", Place.on(1, 0)));
    private final Judge judge = new Judge("a process", history);

    @Test
    void aReadFromRedisMustHaveWhatWasSeenInTheFence() {
        history.commits(100, Map.of("book/1", Place.on(2, 3)));
        judge.read("book:1", Kind.REDIS, "hit", 5 * MS, Map.of("book/1", 1L));
        judge.fenced("book:1", 100, 10 * MS);
        judge.read("book:1", Kind.REDIS, "hit", 9 * MS, Map.of("book/1", 1L));
        judge.read("book:1", Kind.REDIS, "hit", 11 * MS, Map.of("book/1", 2L));
        assertThat(judge.broken()).isZero();

        judge.read("book:1", Kind.REDIS, "hit", 11 * MS, Map.of("book/1", 1L));
        assertThat(judge.broken()).isEqualTo(1);
    }

    @Test
    void aNearHitMayLagByAQuarterOfASecond() {
        history.commits(100, Map.of("book/1", Place.on(2, 3)));
        judge.fenced("book:1", 100, 10 * MS);
        judge.read("book:1", Kind.NEAR, "near_hit", 259 * MS, Map.of("book/1", 1L));
        assertThat(judge.broken()).isZero();
        assertThat(judge.worstLag().toMillis()).isEqualTo(249);

        judge.read("book:1", Kind.NEAR, "near_hit", 261 * MS, Map.of("book/1", 1L));
        assertThat(judge.broken()).isEqualTo(1);
    }

    @Test
    void aLoadMayBeOldOnlyWhileTheCommitIsInvisible() {
        history.commits(100, Map.of("book/1", Place.on(2, 3)));
        judge.fenced("book:1", 100, 10 * MS);
        judge.visible(SourceSnapshot.parse("90:101:95,100"), 11 * MS);
        judge.read("book:1", Kind.LOAD, "miss", 12 * MS, Map.of("book/1", 1L));
        judge.visible(SourceSnapshot.parse("90:101:95"), 13 * MS);
        judge.read("book:1", Kind.LOAD, "miss", 12 * MS, Map.of("book/1", 1L));
        assertThat(judge.broken()).isZero();

        judge.read("book:1", Kind.LOAD, "miss", 14 * MS, Map.of("book/1", 1L));
        assertThat(judge.broken()).isEqualTo(1);
    }

    @Test
    void anAbsenceIsAsNewAsItCanBe() {
        history.commits(100, Map.of("book/1", Place.empty(2)));
        history.commits(101, Map.of("book/1", Place.on(3, 3)));
        judge.fenced("book:1", 100, 10 * MS);
        judge.read("book:1", Kind.REDIS, "negative", 11 * MS, Map.of());
        assertThat(judge.broken()).isZero();

        judge.fenced("book:1", 101, 12 * MS);
        judge.read("book:1", Kind.REDIS, "negative", 13 * MS, Map.of());
        assertThat(judge.broken()).isEqualTo(1);
    }

    @Test
    void aShelfMustHaveWhatCameAndLackWhatWent() {
        history.commits(100, Map.of("book/1", Place.on(2, 4), "book/2", Place.on(1, 3)));
        judge.fenced("shelf:3", 100, 10 * MS);
        judge.read("shelf:3", Kind.REDIS, "hit", 11 * MS, Map.of("book/2", 1L));
        assertThat(judge.broken()).isZero();

        judge.read("shelf:3", Kind.REDIS, "hit", 11 * MS, Map.of());
        assertThat(judge.broken()).as("lacks what came").isEqualTo(1);
        judge.read("shelf:3", Kind.REDIS, "hit", 11 * MS, Map.of("book/1", 1L, "book/2", 1L));
        assertThat(judge.broken()).as("has what went").isEqualTo(2);
        judge.read("shelf:4", Kind.REDIS, "hit", 11 * MS, Map.of("book/1", 1L));
        assertThat(judge.broken()).as("was never there").isEqualTo(3);
    }
}
