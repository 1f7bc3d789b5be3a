package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of tables, as people write them, as SQL does and as Kafka does. */
final class NamesTest {

    @ParameterizedTest
    @CsvSource({
        "public.books, public, books",
        "Sales.Order Items, Sales, Order Items",
        "a.b.c, a, b.c",
        "a..b, a, .b",
    })
    void aTableIsSplitAtItsFirstDot(String text, String schema, String name) {
        assertThat(TableId.parse(text)).isEqualTo(new TableId(schema, name)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "books", ".books", "public.", "."})
    void whatIsNoTableIsRefused(String text) {
        assertThatThrownBy(() -> TableId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not schema.table");
    }

    @Test
    void sqlQuotesEachPart() {
        assertThat(new TableId("a\"b", "Select").quoted()).isEqualTo("\"a\"\"b\".\"Select\"");
        assertThat(SqlIdentifier.literal("it's")).isEqualTo("'it''s'");
    }

    @Test
    void tablesAreOrderedBySchemaThenName() {
        assertThat(new TableId("a", "z")).isLessThan(new TableId("b", "a"));
        assertThat(new TableId("a", "a")).isLessThan(new TableId("a", "b"));
    }

    @ParameterizedTest
    @CsvSource({
        "public.books, shop.public.books",
        "Sales.Order Items, shop.Sales.Order_Items",
        "public.été, shop.public._t_",
        "public.a.b-c_d, shop.public.a.b-c_d",
    })
    void aTopicHasNoCharacterThatKafkaRefuses(String table, String topic) {
        assertThat(new Topics("shop").of(TableId.parse(table))).isEqualTo(topic);
    }

    @Test
    void controlOffsetsAndDeadLettersStandBesideTheTables() {
        assertThat(new Topics("shop").control()).isEqualTo("shop.control");
        assertThat(new Topics("shop").offsets()).isEqualTo("shop.offsets");
        assertThat(new Topics("shop").deadLetters()).isEqualTo("shop.dead-letters");
    }
}
