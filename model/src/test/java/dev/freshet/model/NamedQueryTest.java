package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamedQueryTest {

    @Test
    void aParameterStandsBetweenItsPieces() {
        NamedQuery query = NamedQuery.parse("select 1 where a = :a and b > :b_2 or a < :a");
        assertThat(query.names()).containsExactly("a", "b_2", "a");
        assertThat(NamedQuery.parse("select 1 -- :a\n where :b").names()).containsExactly("b");
        assertThat(query.pieces()).containsExactly("select 1 where a = ", " and b > ", " or a < ", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select a::text",
                "select ':a'",
                "select 'it''s :a'",
                "select \":a\" from t",
                "select 1 -- :a",
                "select /* :a */ 1",
                "select /* /* */ :a */ 1",
                "select $$ :a $$",
                "select $t1$ $$ :a $t1$",
                "select E'it\\'s :a'",
                "select e'\\\\' || ' :a'",
                "select arr[1:2]",
                "select :1",
                "select a:=1",
            })
    void noParameterStandsInQuotesCommentsAndCasts(String sql) {
        NamedQuery query = NamedQuery.parse(sql);
        assertThat(query.names()).isEmpty();
        assertThat(query.pieces()).containsExactly(sql);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "select :a::text ~ a",
                "select 'x':a ~ a",
                "select /* /* */ */ :a ~ a",
                "select '\\' || :a ~ a",
                "select type'\\' || :a ~ a",
                "select a$b$ || :a || c$b$ ~ a",
                "select $1 || :a || $1 ~ a",
                "select (:é) ~ é",
            })
    void aParameterIsFoundBesideThem(String sql, String name) {
        assertThat(NamedQuery.parse(sql).names()).containsExactly(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "select 'a ~ the ' that starts at character 8 of the query never ends",
                "select E'a\\' ~ the ' that starts at character 9 of the query never ends",
                "select /* /* */ ~ the /* that starts at character 8 of the query never ends",
                "select $x$ $$ ~ the $x$ that starts at character 8 of the query never ends",
            })
    void whatNeverEndsIsSaidWithItsPlace(String sql, String message) {
        assertThatThrownBy(() -> NamedQuery.parse(sql))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
