package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.KeyTemplate;
import org.junit.jupiter.api.Test;

class GlobTest {

    @Test
    void aGlobWithoutWildcardsIsOneText() {
        assertThat(Glob.literal("prices")).contains("prices");
        assertThat(Glob.literal("")).contains("");
        assertThat(Glob.literal("a\\")).contains("a\\");
        for (String text : new String[] {"*", "a\\*[b]?", "^-", "\\\\", "😀"}) {
            assertThat(Glob.literal(KeyTemplate.escapeGlob(text))).contains(text);
        }
    }

    @Test
    void aWildcardIsNot() {
        for (String glob : new String[] {"*", "a?", "[a]", "\\\\*"}) {
            assertThat(Glob.literal(glob)).as(glob).isEmpty();
        }
    }

    @Test
    void halfASurrogatePairIsNoText() {
        assertThat(Utf8.encode("😀é")).hasSize(6);
        assertThatThrownBy(() -> Utf8.encode("secret\uDE00"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }
}
