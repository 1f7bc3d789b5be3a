package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SourceClockTest {

    private final AtomicLong nanos = new AtomicLong();
    private Instant local = Instant.ofEpochSecond(1_000);
    private final SourceClock clock = new SourceClock(() -> local, nanos::get);

    @Test
    void showsThisMachinesTimeBeforeTheSourceWasAsked() {
        local = Instant.ofEpochSecond(1_007);

        assertThat(clock.instant()).isEqualTo(local);
        assertThat(clock.offset()).isZero();
    }

    @Test
    void goesOnFromWhatTheSourceSaidWhateverThisMachinesClockDoes() {
        nanos.set(TimeUnit.MILLISECONDS.toNanos(20));
        clock.seen(TimeUnit.SECONDS.toMicros(5_000), 0);

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
        local = Instant.ofEpochSecond(1);

        assertThat(clock.instant())
                .as("the reply took half of the 20 ms")
                .isEqualTo(Instant.ofEpochSecond(5_003).plusMillis(10));
        assertThat(clock.offset()).isEqualTo(Duration.ofSeconds(5_002).plusMillis(10));
    }

    @Test
    void whatIsYetToComeIsNoNegativeAge() {
        clock.seen(TimeUnit.SECONDS.toMicros(5_000), 0);

        assertThat(clock.since(Instant.ofEpochSecond(5_001))).isZero();
        assertThat(clock.since(Instant.ofEpochSecond(4_998))).isEqualTo(Duration.ofSeconds(2));
    }
}
