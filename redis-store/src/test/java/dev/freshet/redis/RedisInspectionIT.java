package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.stack.EmbeddedStack;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RedisInspectionIT {

    private static final List<List<String>> COMMANDS = List.of(
            List.of("UNLINK", "book:1"),
            List.of("UNLINK", "user:1"),
            List.of("ZADD", RedisLayout.fence("book:1"), "1", "1"),
            List.of("SCRIPT", "LOAD", "return 1"));

    @Test
    void aUserWhoMayEverythingIsRefusedNothing() {
        RedisInspection.Facts facts =
                RedisInspection.look(EmbeddedStack.shared().redis().url(), COMMANDS);

        assertThat(facts.refused()).contains(List.of());
        assertThat(facts.user()).isEqualTo("default");
        assertThat(facts.text("redis_version")).startsWith("7.");
        assertThat(facts.clock())
                .hasValueSatisfying(clock -> assertThat(clock.ahead().abs()).isLessThan(Duration.ofSeconds(5)));
    }

    @Test
    void whatAUserMayNotIsToldAndNothingIsChanged() {
        try (EmbeddedStack stack = EmbeddedStack.builder()
                .redis(user("narrow on >pw ~book:* ~freshet:* +info +time +evalsha +script|load +unlink +zadd"))
                .start()) {
            String url = stack.redis().url();

            RedisInspection.Facts narrow =
                    RedisInspection.look(url.replace("redis://", "redis://narrow:pw@"), COMMANDS);

            assertThat(narrow.user()).isEqualTo("narrow");
            assertThat(narrow.refused()).contains(List.of(List.of("UNLINK", "user:1")));
            assertThat(RedisInspection.look(url, List.of()).info())
                    .as("no key was made")
                    .doesNotContainKey("db0");
        }
    }

    @Test
    void whereScriptsAreRefusedNothingElseIsKnown() {
        try (EmbeddedStack stack =
                EmbeddedStack.builder().redis(user("least on >pw ~*")).start()) {
            String url = stack.redis().url().replace("redis://", "redis://least:pw@");

            RedisInspection.Facts facts = RedisInspection.look(url, COMMANDS);

            assertThat(facts.refused()).isEqualTo(Optional.empty());
            assertThat(facts.clock()).isEmpty();
            assertThat(facts.info()).isEmpty();
        }
    }

    private static List<String> user(String rules) {
        return Stream.concat(Stream.of("--user"), Stream.of(rules.split(" "))).toList();
    }
}
