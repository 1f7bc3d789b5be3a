package dev.freshet.writer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import dev.freshet.writer.plan.WhenExpression.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WhenExpressionTest {

    private static final Row ROW = row();

    private static Row row() {
        Map<String, Cell> cells = new HashMap<>();
        cells.put("id", Cell.known("9223372036854775807", Cell.Kind.INTEGER));
        cells.put("price", Cell.known("12.50", Cell.Kind.DECIMAL));
        cells.put("nan", Cell.known("NaN", Cell.Kind.DECIMAL));
        cells.put("ok", Cell.known("true", Cell.Kind.BOOLEAN));
        cells.put("status", Cell.text("published"));
        cells.put("data", Cell.known("{\"a\": 1}", Cell.Kind.JSON));
        cells.put("none", Cell.NULL);
        cells.put("toasted", Cell.UNKNOWN);
        cells.put("Mixed Case", Cell.text("x"));
        return Row.of(cells);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "row.status == 'published' ~ TRUE",
                "row.status == 'draft' ~ FALSE",
                "row.id == 9223372036854775807 ~ TRUE",
                "row.price == 12.5 ~ TRUE",
                "row.price > 12 ~ TRUE",
                "row.id > 12.5 ~ TRUE",
                "row.nan == row.nan ~ TRUE",
                "row.ok ~ TRUE",
                "!row.ok ~ FALSE",
                "row.none == null ~ TRUE",
                "row.status == null ~ FALSE",
                "row.none != null ~ FALSE",
                "row[\"Mixed Case\"] == 'x' ~ TRUE",
                "row.status in ['draft', 'published'] ~ TRUE",
                "row.status.startsWith('pub') ~ TRUE",
                "row.status.matches('^p.*d$') ~ TRUE",
                "row.data == '{\"a\": 1}' ~ TRUE",
                "[1, 2].exists(n, double(n) < row.price) ~ TRUE",
                "row.ok || row.none > 5 ~ TRUE",
                "true ~ TRUE",
            })
    void anExpressionIsJudgedByTheRowsTypes(String expression, Verdict verdict) {
        assertThat(WhenExpression.compile(expression).judge(ROW)).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "row.toasted == 'x'",
                "row.absent == 'x'",
                "has(row.toasted)",
                "!has(row.absent)",
                "has(row.toasted) && row.toasted == 'x'",
                "row.status == 'draft' && row.toasted == 'x'",
                "row.none > 5",
                "row.none.startsWith('a')",
                "row.status > 5",
                "row.status + 1 == 2",
                "row.price",
                "row.status",
                "row.id + 1 > 0",
                "1 / (row.id - row.id) == 1",
                "row.status.matches('(')",
                "row.status.a.b == 1",
                "int(row.status) == 1",
                "timestamp(row.status) > timestamp('2024-01-01T00:00:00Z')",
            })
    void anErrorAnUnknownColumnAndWhatIsNoBooleanAreUndecided(String expression) {
        assertThat(WhenExpression.compile(expression).judge(ROW)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void theColumnsAreTheOnesThatItNames() {
        assertThat(WhenExpression.compile(
                                "row.a == 1 || row[\"b c\"] == row.d && has(row.e) || [1].exists(n, n == row.f)")
                        .columns())
                .containsExactly("a", "b c", "d", "e", "f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "row.a ==",
                "status == 'x'",
                "1 + 1",
                "'published'",
                "nosuch(row.a)",
                "row",
                "size(row) == 1",
                "'a' in row",
                "row.exists(c, c == 'a')",
                "row[row.a] == 1",
                "row['a' + 'b'] == 1",
                "row == {}",
                "delete from books",
            })
    void whatIsNoExpressionIsRefusedInItsOwnWords(String expression) {
        assertThatThrownBy(() -> WhenExpression.compile(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + expression + "'");
    }
}
