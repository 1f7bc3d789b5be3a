package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SourceClockTest {

    private static final Instant THERE = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant HERE = THERE.minusSeconds(600);

    private long nanos;
    private int asked;
    private boolean away;
    private boolean telling = true;

    /** Of each question, from its sending to the source's look at its clock, and from that to the answer's arrival. */
    private Duration there = Duration.ZERO;

    private Duration back = Duration.ZERO;
    private final SourceClock clock = new SourceClock(
            new SnapshotSource() {
                @Override
                public Optional<Snapshot> take() {
                    return Optional.empty();
                }

                @Override
                public Optional<Instant> time() {
                    asked++;
                    if (away) {
                        throw new IllegalStateException("away");
                    }
                    nanos += there.toNanos();
                    Instant told = now();
                    nanos += back.toNanos();
                    return telling ? Optional.of(told) : Optional.empty();
                }
            },
            () -> nanos,
            () -> HERE.plusNanos(nanos));

    private Instant now() {
        return THERE.plusNanos(nanos);
    }

    private Instant latest() {
        assertThat(clock.ready(Runnable::run)).isDone();
        return clock.latest().orElseThrow();
    }

    @Test
    void itIsNeverBehindTheSourcesAndAheadByARoundTripAtMost() {
        there = Duration.ofMillis(3);
        back = Duration.ofMillis(4);
        assertThat(latest()).isBetween(now(), now().plusMillis(8));
        nanos += Duration.ofSeconds(20).toNanos();
        assertThat(latest()).isBetween(now(), now().plusMillis(30));
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void aSlowAnswerIsTriedAgainAndTheQuickestCounts() {
        there = Duration.ofMillis(300);
        CompletableFuture<Void> ready = clock.ready(step -> {
            step.run();
            assertThat(asked).isEqualTo(3);
        });
        assertThat(ready).isDone();
        assertThat(clock.latest().orElseThrow()).isBetween(now(), now().plusMillis(302));
    }

    @Test
    void itIsAskedAgainAfterAWhileAndAnOldAnswerIsBetterThanNone() {
        latest();
        away = true;
        nanos += SourceClock.LIFE.toNanos();
        assertThat(latest()).isAfterOrEqualTo(now());
        assertThat(asked).isEqualTo(2);
        latest();
        assertThat(asked).isEqualTo(2);

        away = false;
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(latest()).isAfterOrEqualTo(now());
        assertThat(latest()).isEqualTo(now());
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void withoutAnyAnswerNothingIsKnown() {
        away = true;
        assertThat(clock.ready(Runnable::run)).isCompleted();
        assertThat(clock.latest()).isEmpty();
        away = false;
        assertThat(latest()).isEqualTo(now());
    }

    @Test
    void aSourceThatDoesNotTellHasThisMachinesClock() {
        telling = false;
        assertThat(latest()).isEqualTo(HERE.plusNanos(nanos));
        clock.distrust();
        assertThat(clock.latest()).contains(HERE.plusNanos(nanos));
    }

    @Test
    void whatWasFoundWrongIsAskedAnew() {
        latest();
        clock.distrust();
        assertThat(clock.latest()).isEmpty();
        assertThat(latest()).isEqualTo(now());
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void allWhoWaitShareOneQuestion() {
        Runnable[] step = new Runnable[1];
        CompletableFuture<Void> first = clock.ready(later -> step[0] = later);
        CompletableFuture<Void> second = clock.ready(later -> step[0] = () -> {});
        assertThat(first).isNotDone();
        step[0].run();
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(asked).isEqualTo(1);
    }
}
