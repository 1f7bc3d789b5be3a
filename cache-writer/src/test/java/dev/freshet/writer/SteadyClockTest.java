package dev.freshet.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {

    private long nanos = Long.MAX_VALUE - 500;

    @Test
    void timeGoesOnWithTheCounterAlsoWhereThatOverflows() {
        SteadyClock clock = new SteadyClock(Instant.EPOCH, () -> nanos);
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
        nanos += 2_000_000_000L;
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plusSeconds(2));
    }
}
