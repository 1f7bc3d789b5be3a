package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Redis 7 answers; GlobPatternIT asks it. */
final class GlobPatternTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a*c, abbc, true",
                "a*c, ac, true",
                "a*c, acd, false",
                "*, ``, true",
                "a?c, abc, true",
                "a?c, ac, false",
                "a.c, abc, false",
                "a?, aé, false",
                "a??, aé, true",
                "a[bc]d, acd, true",
                "a[bc]d, aed, false",
                "a[^bc]d, aed, true",
                "a[^bc]d, abd, false",
                "a[!b]d, a!d, true",
                "a[b-d]e, ace, true",
                "a[d-b]e, ace, true",
                "a[b-]e, a-e, false",
                "a[]c, ac, false",
                "a[]c]d, abd, false",
                "a[^]c, abc, true",
                "a[bc, ab, true",
                "a[bc, a[bc, false",
                "a[b\\]c]d, a]d, true",
                "a[\\^b]d, a^d, true",
                "a\\*c, a*c, true",
                "a\\*c, abc, false",
                "a\\[b], a[b], true",
                "a\\, a\\, true",
                "a&&b, a&&b, true",
                "[a&&b], &, true",
                "[[:alpha:]], a], true",
                "a\\Qb, aQb, true",
                "[^é-z], k, true",
                "(a|b), (a|b), true",
            })
    void aGlobMatchesAsInRedis(String glob, String key, boolean matches) {
        assertThat(GlobPattern.compile(glob).matches(key)).isEqualTo(matches);
    }
}
