package dev.freshet.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private final AtomicReference<Instant> system = new AtomicReference<>(Instant.EPOCH);
    private final AtomicLong timer = new AtomicLong();
    private final SteadyClock clock = new SteadyClock(system::get, timer::get);
    private final Instant start = clock.instant();

    private Duration after(Duration bySystem, Duration byTimer) {
        system.updateAndGet(now -> now.plus(bySystem));
        timer.addAndGet(byTimer.toNanos());
        return Duration.between(start, clock.instant());
    }

    @Test
    void itGoesOnWhereTheSystemsClockIsSetBack() {
        assertThat(after(Duration.ofHours(-1), Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
        assertThat(after(Duration.ofSeconds(2), Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void itLeapsWhereTheMachineWasSuspended() {
        assertThat(after(Duration.ofMinutes(1), Duration.ZERO)).isEqualTo(Duration.ofMinutes(1));
        assertThat(after(Duration.ofSeconds(2), Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(62));
    }
}
