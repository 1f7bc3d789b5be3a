package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InFlightTest {

    /** One record of the log: rows of one COPY share {@code lsn}, as do the two records of a primary-key update. */
    private record Row(int transaction, long lsn) {}

    private static final long START = 100;

    /** Ends of the commits, by transaction; a transaction's rows lie before its end. */
    private static final long[] COMMIT_END = {START, 200, 300, 400};

    private static final List<Row> COPY_THEN_KEY_UPDATE_THEN_INSERT =
            List.of(new Row(1, 150), new Row(1, 150), new Row(2, 250), new Row(2, 250), new Row(3, 350));

    @Test
    void everyInterleavingAcknowledgesOnlyWholeStoredTransactions() {
        Enumeration all = new Enumeration(COPY_THEN_KEY_UPDATE_THEN_INSERT);
        all.explore(new ArrayList<>());
        // Five rows, each stored at some point after it was sent: 1 * 3 * 5 * 7 * 9 orders.
        assertThat(all.orders).isEqualTo(945);
        assertThat(all.acknowledgedLate).isPositive();
    }

    /** Each order of sending (fixed) and storing (free); -1 sends the next row, i stores row i. */
    private static final class Enumeration {
        private final List<Row> rows;
        private int orders;
        private int acknowledgedLate;

        Enumeration(List<Row> rows) {
            this.rows = rows;
        }

        void explore(List<Integer> steps) {
            long sent = steps.stream().filter(step -> step < 0).count();
            if (steps.size() == 2 * rows.size()) {
                orders++;
                play(steps);
                return;
            }
            if (sent < rows.size()) {
                explore(with(steps, -1));
            }
            for (int row = 0; row < sent; row++) {
                if (!steps.contains(row)) {
                    explore(with(steps, row));
                }
            }
        }

        private void play(List<Integer> steps) {
            InFlight inFlight = new InFlight(new Lsn(START), Map.of());
            List<InFlight.Entry> entries = new ArrayList<>();
            boolean[] stored = new boolean[rows.size()];
            long before = START;
            for (int step : steps) {
                if (step < 0) {
                    Row row = rows.get(entries.size());
                    entries.add(inFlight.sent(new Lsn(COMMIT_END[row.transaction - 1]), "t"));
                } else {
                    stored[step] = true;
                    inFlight.stored(entries.get(step), 0, step);
                }
                long acknowledged = inFlight.acknowledged().value();
                assertThat(acknowledged).isGreaterThanOrEqualTo(before).isIn(START, 200L, 300L);
                before = acknowledged;
                for (int i = 0; i < rows.size(); i++) {
                    if (COMMIT_END[rows.get(i).transaction] <= acknowledged) {
                        assertThat(stored[i]).as("row %d after %s", i, steps).isTrue();
                    }
                }
            }
            acknowledgedLate += before == 300 ? 1 : 0;
        }

        private static List<Integer> with(List<Integer> steps, int step) {
            List<Integer> more = new ArrayList<>(steps);
            more.add(step);
            return more;
        }
    }

    @Test
    void theLastTransactionIsAcknowledgedOnceAMessageFollows() {
        InFlight inFlight = new InFlight(new Lsn(START), Map.of());
        inFlight.stored(inFlight.sent(new Lsn(START), "t"), 0, 0);
        assertThat(inFlight.acknowledged()).isEqualTo(new Lsn(START));
        inFlight.message(new Lsn(210), ends -> {});
        assertThat(inFlight.acknowledged()).isEqualTo(new Lsn(210));
    }

    @Test
    void aMessageWaitsForEveryRecordBeforeItAndTellsTheirEndOffsetsOnly() {
        InFlight inFlight = new InFlight(new Lsn(START), Map.of("t", List.of(7L, 3L)));
        List<Map<String, List<Long>>> reached = new ArrayList<>();
        InFlight.Entry first = inFlight.sent(new Lsn(START), "t");
        inFlight.message(new Lsn(200), reached::add);
        InFlight.Entry after = inFlight.sent(new Lsn(200), "t");

        inFlight.stored(after, 0, 40);
        assertThat(reached).isEmpty();

        inFlight.stored(first, 1, 3);
        assertThat(reached).containsExactly(Map.of("t", List.of(7L, 4L)));
    }

    @Test
    void aMessageWithNothingInFlightIsReachedAtOnce() {
        InFlight inFlight = new InFlight(new Lsn(START), Map.of("t", List.of(1L)));
        List<Map<String, List<Long>>> reached = new ArrayList<>();
        inFlight.message(new Lsn(200), reached::add);
        assertThat(reached).hasSize(1);
        assertThat(inFlight.size()).isZero();
    }

    @Test
    void aPartitionMadeLaterIsCountedToo() {
        InFlight inFlight = new InFlight(new Lsn(START), Map.of());
        List<Map<String, List<Long>>> reached = new ArrayList<>();
        inFlight.stored(inFlight.sent(new Lsn(START), "t"), 2, 5);
        inFlight.message(new Lsn(200), reached::add);
        assertThat(reached).containsExactly(Map.of("t", List.of(0L, 0L, 6L)));
    }

    @Test
    void aLogThatGoesBackIsAnError() {
        InFlight inFlight = new InFlight(new Lsn(START), Map.of());
        assertThatThrownBy(() -> inFlight.sent(new Lsn(START - 1), "t")).isInstanceOf(ListenerException.class);
    }
}
