package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.benchmarks.report.Results;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GoalsTest {

    private final Results results = new Results(Figures.all(List.of(200)));

    @Test
    void aGoalIsMetOrMissedByTheMedian() {
        for (double p50 : new double[] {1.0, 9.0, 1.1}) {
            results.add(Figures.latency(200), Freshet.NAME, "p50", p50);
        }
        results.add(Figures.latency(200), Freshet.NAME, "p99", 12);
        results.add(Figures.DRAIN, Freshet.NAME, Figures.COLD, 30_000);
        results.add(Figures.DRAIN, Freshet.NAME, Figures.BURST, 80_000);

        assertThat(Goals.markdown(results))
                .contains(
                        "| commit to key gone at 200 a second, p50 | ≤ 1.20 ms | 1.10 | met |",
                        "| the same, p99 | ≤ 6.00 ms | 12.0 | missed, 2.0 times |",
                        "| from a cold start, by 1,000 | ≥ 45,000 a second | 30,000 | missed, 1.5 times |",
                        "| while running, by 1,000 | ≥ 75,000 a second | 80,000 | met |")
                .noneMatch(line -> line.contains("idle"));
    }

    @Test
    void theSourceIsComparedWithTheSameRunWithoutAPipeline() {
        results.add(Figures.COMMIT, Rivals.NONE, "p50", 1.0);
        results.add(Figures.COMMIT, Rivals.NONE, "p50", 2.0);
        results.add(Figures.COMMIT, Freshet.NAME, "p50", 1.9);

        assertThat(Goals.markdown(results))
                .anySatisfy(line -> assertThat(line).contains("without a pipeline, p50", "≤ 2.00 ms", "met"));
    }

    @Test
    void nothingMeasuredIsNoTable() {
        assertThat(Goals.markdown(results)).isEmpty();
    }
}
