package dev.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8082",
                "LOCALHOST:1",
                "127.0.0.1:8082",
                "127.1.2.3",
                "[::1]:8082",
                "[::1]"
            })
    void onLoopbackItsOwnNamesAreRight(String host) {
        assertThat(new HostRule("127.0.0.1").allows(Optional.of(host))).isTrue();
        assertThat(new HostRule("::1").allows(Optional.of(host))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8082",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "127.0.0.1@evil.example",
                "localhost:8082:1",
                "[::2]",
                "10.0.0.1",
                ""
            })
    void onLoopbackAnyOtherNameIsSomebodyElsesPage(String host) {
        assertThat(new HostRule("localhost").allows(Optional.of(host))).isFalse();
        assertThat(new HostRule("localhost").allows(Optional.empty())).isFalse();
    }

    @Test
    void whoServesItElsewhereKnowsItsNames() {
        assertThat(new HostRule("0.0.0.0").allows(Optional.of("console.example")))
                .isTrue();
    }

    @Test
    void onlyTheTokenAdmits() {
        TokenRule rule = new TokenRule(Optional.of(new Secret("0123456789abcdef")));
        assertThat(rule.allows(Optional.of("0123456789abcdef"))).isTrue();
        assertThat(rule.allows(Optional.of("0123456789abcdeF"))).isFalse();
        assertThat(rule.allows(Optional.of("0123456789abcdef0"))).isFalse();
        assertThat(rule.allows(Optional.of(""))).isFalse();
        assertThat(rule.allows(Optional.empty())).isFalse();
    }

    @Test
    void withoutATokenNobodyIsAdmitted() {
        TokenRule rule = new TokenRule(Optional.empty());
        assertThat(rule.on()).isFalse();
        assertThat(rule.allows(Optional.of(""))).isFalse();
        assertThat(rule.allows(Optional.empty())).isFalse();
    }
}
