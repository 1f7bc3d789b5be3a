package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long APART = Pace.APART.toNanos();

    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicLong parked = new AtomicLong();
    private final Pace pace = new Pace(nanos::get, nanoseconds -> {
        parked.addAndGet(nanoseconds);
        nanos.addAndGet(nanoseconds);
    });

    private void takes(long nanoseconds) {
        pace.begin();
        nanos.addAndGet(nanoseconds);
        pace.rest();
    }

    @Test
    void whatComesSeldomIsNotDelayed() {
        for (int i = 0; i < 3; i++) {
            takes(APART / 10);
            nanos.addAndGet(3 * APART);
        }

        assertThat(parked).hasValue(0);
    }

    @Test
    void whatComesOftenBeginsAPaceApart() {
        takes(APART / 10);
        long first = nanos.get();
        takes(APART / 10);
        assertThat(nanos.get() - first).isEqualTo(APART);
        takes(APART / 10);
        assertThat(nanos.get() - first).isEqualTo(2 * APART);
    }

    @Test
    void whatTakesLongIsFollowedAtOnce() {
        takes(APART);
        takes(APART);
        takes(3 * APART / 2);

        assertThat(parked).hasValue(0);
    }
}
