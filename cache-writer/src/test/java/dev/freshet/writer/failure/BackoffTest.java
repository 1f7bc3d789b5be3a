package dev.freshet.writer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {

    @Test
    void waitsDoubleUpToFiveSecondsAndLoseLessThanHalf() {
        Backoff backoff = new Backoff(new Random(1));
        long longest = 50;
        for (int i = 0; i < 20; i++) {
            assertThat(backoff.next())
                    .isGreaterThan(Duration.ofMillis(longest).dividedBy(2))
                    .isLessThanOrEqualTo(Duration.ofMillis(longest));
            longest = Math.min(longest * 2, 5000);
        }
        assertThat(longest).isEqualTo(5000);
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
    }
}
