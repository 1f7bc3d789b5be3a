package dev.freshet.demo.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.demo.judge.Judge.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JudgeTest {

    /** Redis as the test says it. */
    private static final class Told implements AppliedChanges {

        private final List<Version> expected = new ArrayList<>();

        @Override
        public void expect(long book, Version version) {
            expected.add(version);
        }

        void apply(int change, long nanos) {
            expected.get(change).applied(nanos);
        }

        @Override
        public long seen() {
            return 0;
        }

        @Override
        public int pending() {
            return expected.size();
        }

        @Override
        public void close() {}
    }

    private final Told told = new Told();
    private final Map<Field, Long> now = new EnumMap<>(Field.class);
    private final Judge judge = new Judge(told, book -> now);

    private static String page(String price, int quantity, long review) {
        return "{\"id\": 7, \"price\": " + price + ", \"quantity\": " + quantity + ", \"latest_review\": " + review
                + "}";
    }

    private void commit(Field field, long before, long after, long returned) {
        judge.committed(new Commit(7, field, before, after, 1_000 + returned, returned));
    }

    @Test
    void aReadThatLacksWhatWasCommittedBeforeItBeganIsStale() {
        commit(Field.PRICE, 1000, 1001, 50);

        assertThat(judge.read(page("10.00", 3, 9), 80)).isEqualTo(new Verdict(true, 30, false));
        assertThat(judge.read(page("10.01", 3, 9), 80)).isEqualTo(new Verdict(true, 0, false));
    }

    /** The commit may have become visible only after the read. */
    @Test
    void aReadThatBeganBeforeTheCommitReturnedMaySeeEither() {
        commit(Field.PRICE, 1000, 1001, 50);

        assertThat(judge.read(page("10.00", 3, 9), 50).stale()).isFalse();
        assertThat(judge.read(page("10.01", 3, 9), 10).stale()).isFalse();
    }

    @Test
    void theAgeIsThatOfTheOldestThingOnThePage() {
        commit(Field.PRICE, 1000, 1001, 50);
        commit(Field.PRICE, 1001, 1002, 60);
        commit(Field.STOCK, 3, 4, 70);
        commit(Field.REVIEW, 9, 12, 20);

        assertThat(judge.read(page("10.01", 3, 12), 100).staleNanos()).isEqualTo(40);
        assertThat(judge.read(page("10.00", 4, 12), 100).staleNanos()).isEqualTo(50);
        assertThat(judge.read(page("10.02", 4, 9), 100).staleNanos()).isEqualTo(80);
        assertThat(judge.read(page("10.02", 4, 12), 100).stale()).isFalse();
    }

    @Test
    void aReadThatLacksAnAppliedChangeIsSaidToDoSo() {
        commit(Field.STOCK, 3, 4, 50);
        commit(Field.STOCK, 4, 5, 60);

        assertThat(judge.read(page("10.00", 3, 9), 80).afterInvalidation()).isFalse();
        told.apply(1, 70);
        assertThat(judge.read(page("10.00", 3, 9), 80).afterInvalidation()).isTrue();
        assertThat(judge.read(page("10.00", 4, 9), 80).afterInvalidation()).isTrue();
        assertThat(judge.read(page("10.00", 4, 9), 70).afterInvalidation()).isFalse();
        assertThat(judge.read(page("10.00", 5, 9), 80).afterInvalidation()).isFalse();
    }

    /** The log tells of a commit before others can see it: who reads then has a right to the old row. */
    @Test
    void anInvalidationBindsOnlyOnceTheCommitHasReturned() {
        commit(Field.STOCK, 3, 4, 90);
        told.apply(0, 40);

        assertThat(judge.read(page("10.00", 3, 9), 80)).isEqualTo(new Verdict(true, 0, false));
        assertThat(judge.read(page("10.00", 3, 9), 91).afterInvalidation()).isTrue();
    }

    @Test
    void whatSomebodyUnknownWroteIsNotJudged() {
        commit(Field.PRICE, 1000, 1001, 50);

        assertThat(judge.read(page("77.00", 3, 9), 80)).isEqualTo(Verdict.NONE);

        // The next change tells that there was one between: nothing is known of what was before it.
        commit(Field.PRICE, 7700, 7701, 90);
        assertThat(judge.read(page("10.01", 3, 9), 100)).isEqualTo(Verdict.NONE);
        assertThat(judge.read(page("77.00", 3, 9), 100).staleNanos()).isEqualTo(10);
    }

    @Test
    void aValueThatCameBackIsTakenForTheLaterOne() {
        commit(Field.PRICE, 1000, 1100, 50);
        commit(Field.PRICE, 1100, 1000, 60);

        assertThat(judge.read(page("10.00", 3, 9), 100).stale()).isFalse();
        assertThat(judge.read(page("11.00", 3, 9), 100).staleNanos()).isEqualTo(40);
    }

    /** As when an order takes back the delivery that the load has made. */
    @Test
    void whatSomebodyUnknownWroteBackIsNotOld() {
        commit(Field.STOCK, 3, 4, 50);
        told.apply(0, 60);
        assertThat(judge.read(page("10.00", 3, 9), 80).afterInvalidation()).isTrue();
        now.put(Field.STOCK, 3L);

        assertThat(judge.readAgain(page("10.00", 3, 9), 80)).isEqualTo(new Verdict(true, 0, false));
        assertThat(judge.read(page("10.00", 3, 9), 90).stale()).isFalse();
    }

    @Test
    void whatIsOldIsOldWhenTheDatabaseIsAskedToo() {
        commit(Field.STOCK, 3, 4, 50);
        told.apply(0, 60);
        now.put(Field.STOCK, 4L);

        assertThat(judge.readAgain(page("10.00", 3, 9), 80)).isEqualTo(new Verdict(true, 30, true));
    }

    @Test
    void aPageHoldsAChangeFromTheChangeOn() {
        Commit change = new Commit(7, Field.PRICE, 1000, 1001, 5, 50);
        judge.committed(change);
        commit(Field.PRICE, 1001, 1002, 60);

        assertThat(judge.holds(page("10.00", 3, 9), change)).isFalse();
        assertThat(judge.holds(page("10.01", 3, 9), change)).isTrue();
        assertThat(judge.holds(page("10.02", 3, 9), change)).isTrue();
        assertThat(judge.holds(page("55.00", 3, 9), change)).isFalse();
    }

    @Test
    void otherBooksAndBooksWithoutChangesAreNotJudged() {
        commit(Field.PRICE, 1000, 1001, 50);

        assertThat(judge.read("{\"id\": 8, \"price\": 10.00}", 80)).isEqualTo(Verdict.NONE);
        assertThatThrownBy(() -> judge.read("no page", 80)).isInstanceOf(IllegalArgumentException.class);
    }
}
