package dev.freshet.demo.arena;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LatenciesTest {

    @Test
    void aQuantileIsAtMostAnEighthTooHigh() {
        long seed = 11;
        Random random = new Random(seed);
        List<Long> nanos =
                random.longs(5_000, 1_000, 2_000_000_000L).boxed().sorted().toList();
        long[] counts = new long[Latencies.STEPS];
        nanos.forEach(one -> counts[Latencies.step(one)]++);
        Latencies latencies = new Latencies(counts);

        for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
            double exact = nanos.get((int) Math.ceil(nanos.size() * share) - 1) / 1e6;
            assertThat(latencies.quantile(share)).as("share " + share).isBetween(exact * 0.999, exact * 1.126 + 0.001);
        }
    }

    @Test
    void stepsRiseWithTheTimeAndEndInTime() {
        int[] steps = IntStream.range(0, 2_000)
                .map(i -> Latencies.step(TimeUnit.MICROSECONDS.toNanos(1L + (long) i * i)))
                .toArray();

        assertThat(steps).isSorted();
        assertThat(Latencies.step(0)).isZero();
        assertThat(Latencies.step(TimeUnit.HOURS.toNanos(1))).isEqualTo(Latencies.STEPS - 1);
    }

    @Test
    void whatWasBeforeIsTakenOff() {
        long[] before = new long[Latencies.STEPS];
        before[3] = 10;
        long[] after = before.clone();
        after[40] = 2;

        assertThat(new Latencies(after).minus(new Latencies(before)).quantile(0.5))
                .isEqualTo(new Latencies(after).quantile(1));
        assertThat(new Latencies(before).minus(new Latencies(before)).quantile(0.5))
                .isNaN();
    }
}
