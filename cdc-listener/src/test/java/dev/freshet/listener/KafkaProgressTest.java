package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KafkaProgressTest {

    private final AtomicLong nanos = new AtomicLong();
    private final KafkaProgress progress = new KafkaProgress(nanos::get);

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void nothingOnItsWayIsNoStall() {
        pass(60);

        assertThat(progress.stalled()).isZero();
        assertThat(progress.unstored()).isZero();
    }

    @Test
    void aStallIsAsLongAsNothingWasStoredOfWhatWaits() {
        progress.sent();
        pass(2);
        progress.sent();
        assertThat(progress.stalled()).isEqualTo(Duration.ofSeconds(2));

        progress.settled();
        assertThat(progress.unstored()).isEqualTo(1);
        assertThat(progress.stalled()).as("it gets on").isZero();

        pass(7);
        assertThat(progress.stalled()).isEqualTo(Duration.ofSeconds(7));
        progress.settled();
        assertThat(progress.stalled()).isZero();
    }
}
