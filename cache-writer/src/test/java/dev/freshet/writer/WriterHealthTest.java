package dev.freshet.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.SourceClock;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.writer.WriterHealth.Obstacle;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.metrics.Server;
import dev.freshet.writer.metrics.WriterMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class WriterHealthTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WriterHealth health =
            new WriterHealth(new WriterMetrics(meters, new SourceClock(), List.of(), List.of(), List.of()));

    private double retries(String server) {
        return meters.get("freshet.writer.retries")
                .tag("server", server)
                .counter()
                .count();
    }

    @Test
    void theServerThatIsAwayIsNamedUntilItAnswers() {
        health.found(EnumSet.noneOf(Obstacle.class));
        assertThat(health.sentences()).isEmpty();

        health.waits(new CompletionException(new CacheUnavailableException("no reply", new IllegalStateException())));
        assertThat(health.blockedBy()).containsExactly(Server.REDIS);
        assertThat(health.sentences()).singleElement().asString().contains("waits for Redis");

        health.waits(new SourceUnavailableException("no reply", new SQLException()));
        assertThat(health.blockedBy()).containsExactly(Server.POSTGRES);
        assertThat(health.sentences()).containsExactly("the writer waits for PostgreSQL and tries again: no reply");

        health.waits(new TimeoutException("no leader"));
        assertThat(health.blockedBy()).containsExactly(Server.KAFKA);

        health.goesOn();
        assertThat(health.blockedBy()).isEmpty();
        assertThat(health.sentences()).isEmpty();
        assertThat(List.of(retries("redis"), retries("postgres"), retries("kafka")))
                .containsExactly(1.0, 1.0, 1.0);
    }

    @Test
    void beforeItReadsAnythingItIsNotReady() {
        assertThat(health.sentences()).singleElement().asString().contains("reads no partition");

        health.found(EnumSet.of(Obstacle.FLUSHING));

        assertThat(health.sentences()).containsExactly("mapped caches are being flushed");
    }
}
