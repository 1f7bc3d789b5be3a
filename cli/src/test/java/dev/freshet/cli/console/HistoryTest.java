package dev.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter changes =
            Counter.builder("freshet.writer.changes").tag("table", "t").register(meters);
    private final Counter deleted = Counter.builder("freshet.writer.keys")
            .tag("cache", "book")
            .tag("result", "deleted")
            .register(meters);
    private final Counter gapFlushes =
            Counter.builder("freshet.writer.flushes").tag("cause", "gap").register(meters);
    private final Timer latency = Timer.builder("freshet.writer.commit.to.redis")
            .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(100))
            .tag("cache", "book")
            .register(meters);
    private final History history = new History();
    private int second;
    private double staleness = Double.NaN;

    HistoryTest() {
        Gauge.builder("freshet.watermark.age.seconds", () -> staleness).register(meters);
    }

    private boolean sample() {
        second++;
        return history.add(
                Sample.take(meters, List.of("book"), TimeUnit.SECONDS.toNanos(second)),
                START.plusSeconds(second),
                OptionalLong.of(second));
    }

    private ArrayNode points() {
        ArrayNode points = Answers.MAPPER.createArrayNode();
        history.writePoints(points);
        return points;
    }

    @Test
    void countersBecomeRatesAndWhatIsNotKnownIsLeftOut() {
        sample();
        changes.increment(30);
        deleted.increment(12);
        second++;
        staleness = 1.25;
        sample();

        assertThat(points().get(0).has("staleness")).isFalse();
        assertThat(points().get(1).path("staleness").doubleValue()).isEqualTo(1.25);
        assertThat(points().get(1).path("changes").doubleValue())
                .as("in two seconds")
                .isEqualTo(15);
        assertThat(points().get(1).path("deleted").doubleValue()).isEqualTo(6);
        assertThat(points().get(1).path("lag").longValue()).isEqualTo(3);
        assertThat(points().get(1).has("p99")).isFalse();
    }

    @Test
    void latencyIsThatOfTheLastTenSecondsAlone() {
        latency.record(Duration.ofMillis(90));
        sample();
        for (int i = 0; i < 100; i++) {
            latency.record(Duration.ofMillis(15));
        }
        sample();

        assertThat(points().get(1).path("p50").doubleValue()).isCloseTo(15, within(0.1));
        assertThat(points().get(1).path("p99").doubleValue()).isCloseTo(19.9, within(0.1));
        ObjectNode newest = Answers.MAPPER.createObjectNode();
        history.writeNewest(newest);
        assertThat(newest.path("caches").get(0).path("p50").doubleValue()).isCloseTo(15, within(0.1));

        for (int i = 0; i < 11; i++) {
            sample();
        }
        assertThat(points().get(points().size() - 1).has("p50")).isFalse();
    }

    @Test
    void whatIsSlowerThanTheLastBoundIsToldAsThat() {
        sample();
        latency.record(Duration.ofSeconds(5));
        sample();
        assertThat(points().get(1).path("p99").doubleValue()).isEqualTo(100);
    }

    @Test
    void tenMinutesAreKept() {
        for (int i = 0; i < History.POINTS + 5; i++) {
            sample();
        }
        assertThat(points()).hasSize(History.POINTS);
        assertThat(points().get(0).path("at").longValue())
                .isEqualTo(START.plusSeconds(6).toEpochMilli());
    }

    @Test
    void aFlushIsToldOnceWithItsCause() {
        gapFlushes.increment();
        assertThat(sample()).as("before the first sample").isTrue();
        assertThat(sample()).isFalse();
        gapFlushes.increment();
        assertThat(sample()).isTrue();
        assertThat(history.incidents())
                .hasSize(2)
                .allMatch(one -> one.kind() == Incident.Kind.FLUSH)
                .allMatch(one -> one.reason().equals("the listener told of a gap"));
    }
}
