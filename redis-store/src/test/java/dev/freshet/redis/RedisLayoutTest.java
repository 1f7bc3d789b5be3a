package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisLayoutTest {

    @Test
    void namesStandUnderTheKeysOwnTag() {
        assertThat(RedisLayout.fence("user:7")).isEqualTo("freshet:fence:{user:7}:user:7");
        assertThat(RedisLayout.lease("a{b}c")).isEqualTo("freshet:lease:{b}:a{b}c");
        assertThat(RedisLayout.entry("{x")).isEqualTo("freshet:entry:{{x}:{x");
        assertThat(RedisLayout.patternFence("user:*")).isEqualTo("freshet:pattern:user:*");
        assertThat(RedisLayout.patternEntry("user:*")).isEqualTo("freshet:pattern-entry:user:*");
        assertThat(RedisLayout.patterns("shop")).isEqualTo("freshet:patterns:shop");
        assertThat(RedisLayout.tag("genre:5")).isEqualTo("freshet:tag:genre:5");
        assertThat(RedisLayout.tagFence("genre:5")).isEqualTo("freshet:tag-fence:genre:5");
    }

    @Test
    void keyAndFieldAreNeverTakenForAnotherPair() {
        assertThat(RedisLayout.fieldEntry("a", "b:c")).isNotEqualTo(RedisLayout.fieldEntry("a:b", "c"));
        assertThat(RedisLayout.fieldEntry("{t}a", "b:c")).isNotEqualTo(RedisLayout.fieldEntry("{t}a:b", "c"));
        assertThat(RedisLayout.fieldEntry("prices", "1")).isEqualTo("freshet:field:{prices}:6:prices:1");
    }

    @Test
    void aKeyWhoseBraceWouldCutTheTagShortGetsAShortTextOfItsSlot() {
        for (String key : new String[] {"user:a}b", "user:{}", "}{", "", "{}{a}"}) {
            String tag = SlotTag.of(key);
            assertThat(tag).as(key).isNotEmpty().doesNotContain("{", "}").hasSizeLessThan(5);
            assertThat(SlotHash.getSlot(tag)).as(key).isEqualTo(SlotHash.getSlot(key));
        }
    }

    @Test
    void aPositionIsFixedInWidth() {
        assertThat(RedisLayout.position(new Position(3, Lsn.parse("16/B374D848"), new Lsn(-1))))
                .isEqualTo("000000000000000300000016b374d848ffffffffffffffff");
        assertThatThrownBy(() -> RedisLayout.position(new Position(-1, Lsn.ZERO, Lsn.ZERO)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEntryOutlivesTheWindow() {
        assertThat(RedisLayout.entryLife(Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(60));
    }
}
