package dev.freshet.writer.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/** The bounds of histograms. */
final class Buckets {

    private static final Duration[] OF_A_PIPELINE = micros(
            500,
            1_000,
            2_000,
            3_000,
            5_000,
            8_000,
            12_000,
            20_000,
            35_000,
            60_000,
            100_000,
            200_000,
            350_000,
            600_000,
            1_000_000,
            2_000_000,
            5_000_000,
            10_000_000,
            30_000_000,
            60_000_000,
            120_000_000,
            300_000_000);

    private static final Duration[] OF_A_CALL = micros(
            200,
            500,
            1_000,
            2_000,
            5_000,
            10_000,
            20_000,
            50_000,
            100_000,
            200_000,
            500_000,
            1_000_000,
            2_000_000,
            5_000_000,
            10_000_000,
            30_000_000);

    private Buckets() {}

    /** From a change to where it is applied: half a millisecond to minutes. */
    static Timer.Builder ofAPipeline(String name) {
        return Timer.builder(name).serviceLevelObjectives(OF_A_PIPELINE);
    }

    /** A question to a server. */
    static Timer.Builder ofACall(String name) {
        return Timer.builder(name).serviceLevelObjectives(OF_A_CALL);
    }

    private static Duration[] micros(long... micros) {
        return LongStream.of(micros)
                .mapToObj(one -> Duration.ofNanos(one * 1_000))
                .toArray(Duration[]::new);
    }
}
