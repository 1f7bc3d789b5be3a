package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.redis.PlainCache.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SceneTableTest {

    private static final Change CHANGE = new Change(
            "the price of one book",
            List.of(),
            Change.End.COMMIT,
            List.of(),
            Set.of(Entry.of("book:1"), Entry.of("prices", "1")),
            Map.of(Entry.of("card:1"), Map.of()),
            List.of());

    @Test
    void aChangeIsShownWithItsKeysAndItsSlowest() {
        Scene.Outcome outcome = new Scene.Outcome(
                CHANGE,
                Map.of(
                        Entry.of("book:1"), Duration.ofNanos(1_240_000),
                        Entry.of("card:1"), Duration.ofNanos(2_360_000)),
                List.of());

        List<String> lines = SceneTable.lines(List.of(outcome));

        assertThat(lines).hasSize(6);
        assertThat(lines.get(2)).matches("the price of one book  gone: book:1 prices\\[1] +2\\.4");
        assertThat(lines.get(3)).isEqualTo(" ".repeat(23) + "stored anew: card:1");
        assertThat(SceneTable.verdict(List.of(outcome))).startsWith("Every expected key went");
    }

    @Test
    void whatWasWrongStandsBelowItsChange() {
        Scene.Outcome outcome = new Scene.Outcome(CHANGE, Map.of(), List.of("book:2 went, and should have stayed"));

        assertThat(SceneTable.lines(List.of(outcome)))
                .anySatisfy(line -> assertThat(line).contains("WRONG: book:2 went, and should have stayed"));
        assertThat(SceneTable.verdict(List.of(outcome))).startsWith("1 of 1 changes");
    }
}
