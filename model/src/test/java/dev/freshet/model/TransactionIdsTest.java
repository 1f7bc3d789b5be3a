package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TransactionIdsTest {

    private static final long EPOCH = 1L << 32;

    @ParameterizedTest
    @CsvSource({
        "778, 780, 778",
        "785, 780, 785",
        "4294967290, 4294967300, 4294967290",
        "5, 4294967290, 4294967301",
        "4294967290, 8589934597, 8589934586",
        "3, 3, 3",
        "4294967295, 10, 4294967295",
    })
    void anIdIsWidenedToTheNearestOfXmax(long id32, long xmax, long widened) {
        assertThat(TransactionIds.widen(id32, xmax)).isEqualTo(widened);
    }

    /** Below a whole epoch's xmax there is no id to widen to that would be nearer. */
    @Test
    void everyIdWithinHalfAnEpochIsFoundAgain() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            long xmax = EPOCH + random.nextLong(EPOCH * 1000);
            long id = xmax + random.nextLong(EPOCH - 2) - (EPOCH / 2 - 1);
            assertThat(TransactionIds.widen(id & (EPOCH - 1), xmax))
                    .describedAs("seed %d, xmax %d", seed, xmax)
                    .isEqualTo(id);
        }
    }
}
