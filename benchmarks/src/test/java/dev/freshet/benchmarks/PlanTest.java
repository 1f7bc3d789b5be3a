package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanTest {

    @Test
    void moreTimeIsLongerMeasurements() {
        Plan usual = Plan.full(20, 3);
        Plan longer = Plan.full(60, 3);

        assertThat(longer.latency()).isGreaterThan(usual.latency());
        assertThat(longer.idle()).isGreaterThan(usual.idle());
        assertThat(longer.rates()).isEqualTo(usual.rates());
        assertThat(usual.repeats()).isEqualTo(3);
    }

    @Test
    void noMeasurementIsTooShortToTellAnything() {
        assertThat(Plan.full(1, 10).latency()).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void chosenPartsAreTheOnlyOnes() {
        assertThat(Plan.quick().only(Set.of(Part.IDLE)).parts()).containsExactly(Part.IDLE);
        assertThat(Plan.quick().only(Set.of())).isEqualTo(Plan.quick());
        assertThat(Plan.quick().has(Part.SUSTAINED)).isFalse();
    }
}
