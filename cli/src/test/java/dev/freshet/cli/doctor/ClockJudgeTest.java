package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockJudgeTest {

    private final Told told = Told.caches("b: { table: public.books, key: \"b:{id}\" }");

    @Test
    void clocksThatAgreeWithinASecondPass() {
        judge(Duration.ofMillis(900), Duration.ofMillis(-50), Duration.ZERO);

        assertThat(told.all()).isEmpty();
    }

    @Test
    void whatTheWayThereAndBackExplainsIsNoDifference() {
        judge(Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(2));

        assertThat(told.all()).isEmpty();
    }

    @Test
    void everyPairIsCompared() {
        judge(Duration.ofMillis(700), Duration.ofMillis(-700), Duration.ZERO);

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.messages()).containsExactly("WARNING the clocks of PostgreSQL and Redis differ by 1.4 s");
    }

    @Test
    void beyondHalfTheFenceWindowRefreshesWouldBeJudgedByTheWrongTime() {
        judge(Duration.ofSeconds(-16), Duration.ofSeconds(-16), Duration.ZERO);

        assertThat(told.all()).hasSize(2).allMatch(finding -> finding.severity() == Severity.WRONG);
        assertThat(told.mends()).contains("let a time service set the clocks: timedatectl set-ntp true");
    }

    private void judge(Duration postgres, Duration redis, Duration uncertain) {
        new ClockJudge(told.findings(), Duration.ofSeconds(30))
                .judge(List.of(
                        Clock.HERE,
                        new Clock("PostgreSQL", "postgres.url", postgres, uncertain),
                        new Clock("Redis", "redis.url", redis, uncertain)));
    }
}
