package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.KeyTemplate.Rendered;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTemplateTest {

    private static Row row(String... cells) {
        Map<String, Cell> row = new java.util.HashMap<>();
        for (int i = 0; i < cells.length; i += 2) {
            row.put(cells[i], cells[i + 1].equals("<null>") ? Cell.NULL : Cell.text(cells[i + 1]));
        }
        return Row.of(row);
    }

    @ParameterizedTest
    @CsvSource({
        "user:{tenant_id}:{id}, user:9:7",
        "{id}, 7",
        "{id}{id}, 77",
        "{{{id}}}, {7}",
        "{{id}}, {id}",
        "plain, plain",
        "a}}b{{c, a}b{c",
        "é{id}☃, é7☃",
    })
    void aTemplateRendersItsColumns(String template, String key) {
        assertThat(KeyTemplate.parse(template).render(row("tenant_id", "9", "id", "7")))
                .isEqualTo(new Rendered.Key(key));
    }

    @Test
    void aColumnMayHaveAnyNameButABrace() {
        KeyTemplate template = KeyTemplate.parse("{Mixed Case}:{a.b}");
        assertThat(template.columns()).containsExactly("Mixed Case", "a.b");
        assertThat(template.render(row("Mixed Case", "1", "a.b", "2"))).isEqualTo(new Rendered.Key("1:2"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', the template is empty",
        "a{b, '''{'' at character 2 is never closed by ''}'''",
        "a{}b, '''{}'' at character 2 names no column'",
        "a}b, '''}'' at character 2 closes nothing; write ''}}'' for a brace'",
        "{{{, '''{'' at character 3 is never closed by ''}'''",
    })
    void whatIsNoTemplateIsSaidWithItsPlace(String template, String message) {
        assertThatThrownBy(() -> KeyTemplate.parse(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void anEmptyTextIsAKeyAndANullIsNone() {
        KeyTemplate template = KeyTemplate.parse("a:{b}:{c}");
        assertThat(template.render(row("b", "", "c", ""))).isEqualTo(new Rendered.Key("a::"));
        assertThat(template.render(row("b", "1", "c", "<null>"))).isEqualTo(new Rendered.NoKey("c"));
    }

    @Test
    void aNullOutranksAnUnknownColumnBeforeIt() {
        assertThat(KeyTemplate.parse("a:{b}:{c}").render(row("c", "<null>"))).isEqualTo(new Rendered.NoKey("c"));
    }

    @Test
    void anUnknownColumnMayBeAnything() {
        Rendered rendered = KeyTemplate.parse("a*:{b}:{c}").render(row("c", "x.[y]"));
        KeyScan scan = ((Rendered.Unknown) rendered).scan();
        assertThat(scan.glob()).isEqualTo("a\\*:*:x.\\[y\\]");
        assertThat(scan.matches("a*:line\nbreak:x.[y]")).isTrue();
        assertThat(scan.matches("ab:1:x.[y]")).isFalse();
        assertThat(scan.matches("a*:1:xz[y]")).isFalse();
    }

    @Test
    void aScanTakesOnlyWhatTheColumnCanPrint() {
        KeyScan scan = KeyTemplate.parse("book:{id}").scan(row(), column -> "-?\\d+");
        assertThat(scan.glob()).isEqualTo("book:*");
        assertThat(scan.matches("book:-12")).isTrue();
        assertThat(scan.matches("book:12:reviews")).isFalse();
        assertThat(scan.matches("my book:12")).isFalse();
    }

    @Test
    void formsOfSeveralAlternativesStayApart() {
        KeyScan scan = KeyTemplate.parse("n:{v}:x").scan(row(), column -> "NaN|\\d+");
        assertThat(scan.matches("n:NaN:x")).isTrue();
        assertThat(scan.matches("n:5:x")).isTrue();
        assertThat(scan.matches("n:NaN")).isFalse();
    }

    /** A null column in a truncated table's rows makes no key; an unknown one must not quote regular expressions. */
    @ParameterizedTest
    @ValueSource(strings = {"\\E", "\\Q", "$1", "(", "[a", "a|b", "^", "-", "?", "\\"})
    void textIsTakenLiterally(String text) {
        KeyScan scan = KeyTemplate.parse("{known}:{id}").scan(row("known", text), column -> "\\d+");
        assertThat(scan.matches(text + ":5")).isTrue();
        assertThat(scan.matches("x" + text + ":5")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"a:{b}, a:", "{b}, ''", "{{x}}{b}, {x}", "abc, abc"})
    void theLiteralPrefixEndsAtTheFirstColumn(String template, String prefix) {
        assertThat(KeyTemplate.parse(template).literalPrefix()).isEqualTo(prefix);
    }

    @Test
    void scansAreEqualByGlobAndExpression() {
        KeyTemplate template = KeyTemplate.parse("book:{id}");
        assertThat(template.scan(row(), column -> "\\d+"))
                .isEqualTo(template.scan(row(), column -> "\\d+"))
                .hasSameHashCodeAs(template.scan(row(), column -> "\\d+"))
                .isNotEqualTo(template.scan(row(), column -> ".*"));
        assertThat(KeyScan.ofGlob("a*").matches("anything\nat all")).isTrue();
    }
}
