package dev.freshet.writer.decode;

import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static dev.freshet.writer.Tables.full;
import static dev.freshet.writer.Tables.generated;
import static dev.freshet.writer.Tables.keyed;
import static dev.freshet.writer.Tables.shape;
import static dev.freshet.writer.decode.Envelopes.SOURCE;
import static dev.freshet.writer.decode.Envelopes.bytes;
import static dev.freshet.writer.decode.Envelopes.change;
import static dev.freshet.writer.decode.Envelopes.withSchema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.Cell;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import dev.freshet.writer.Tables;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordDecoderTest {

    private static final Column ID = column("id", "int8");
    private static final Column TITLE = column("title", "text");
    private static final Column COVER = column("cover", "bytea");
    private static final Column PRICE = column("price", "numeric", (10 << 16 | 2) + 4);
    private static final TableShape KEYED = keyed(BOOKS, ID, TITLE, COVER, PRICE);
    private static final TableShape FULL = full(BOOKS, ID, TITLE, COVER, PRICE);
    private static final String AFTER = "{\"id\":7,\"title\":\"Emma\",\"cover\":\"AP8=\",\"price\":\"12.00\"}";
    private static final Row EMMA = Row.of(Map.of(
            "id", Cell.known("7", Cell.Kind.INTEGER),
            "title", Cell.text("Emma"),
            "cover", Cell.text("\\x00ff"),
            "price", Cell.known("12.00", Cell.Kind.DECIMAL)));

    private static RecordDecoder decoder(TableShape... shapes) {
        return new RecordDecoder(
                Set.of(BOOKS), Tables.catalogue(shapes), (shape, row) -> row, InstantSource.fixed(Instant.EPOCH));
    }

    private static Decoded decode(TableShape shape, String value) {
        return decoder(shape).decode(bytes(value), OptionalLong.of(1));
    }

    private static RowChange changeIn(TableShape shape, String value) {
        return ((Decoded.Change) decode(shape, value)).change();
    }

    @Test
    void anInsertHoldsItsRowAndItsOrigin() {
        RowChange change = changeIn(KEYED, change("c", "null", AFTER));
        assertThat(change).isInstanceOf(RowChange.Inserted.class);
        assertThat(change.images()).containsExactly(EMMA);
        assertThat(change.table()).isEqualTo(BOOKS);
        assertThat(change.origin().transaction()).hasValue(778);
        assertThat(change.origin().position()).contains(new Position(1, new Lsn(24_000_000), new Lsn(24_000_128)));
        assertThat(change.origin().committed()).isEqualTo(Instant.parse("2024-01-02T03:04:05.678901Z"));
    }

    @Test
    void aRowThatASnapshotReadIsAnInsert() {
        assertThat(changeIn(KEYED, change("r", "null", AFTER))).isInstanceOf(RowChange.Inserted.class);
    }

    @Test
    void theSchemaPartTellsHowADecimalIsWritten() {
        String envelope = change("c", "null", "{\"id\":7,\"title\":\"Emma\",\"cover\":null,\"price\":\"BLA=\"}");
        String columns = "{\"type\":\"int64\",\"field\":\"id\"},{\"type\":\"string\",\"field\":\"title\"},"
                + "{\"type\":\"bytes\",\"field\":\"cover\"},{\"type\":\"bytes\",\"field\":\"price\","
                + "\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"}}";
        Decoded decoded = decoder(KEYED).decode(bytes(withSchema(envelope, columns)), OptionalLong.empty());
        Row row = ((Decoded.Change) decoded).change().images().findFirst().orElseThrow();
        assertThat(row.cell("price")).isEqualTo(Cell.known("12.00", Cell.Kind.DECIMAL));
        assertThat(row.cell("cover")).isEqualTo(Cell.NULL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"schema\":null,\"payload\":null}"})
    void aTombstoneHoldsNothing(String value) {
        assertThat(decode(KEYED, value)).isEqualTo(Decoded.NOTHING);
    }

    @Test
    void aRecordWithoutAValueHoldsNothing() {
        assertThat(decoder(KEYED).decode(null, OptionalLong.empty())).isEqualTo(Decoded.NOTHING);
    }

    @Test
    void aLogicalMessageHoldsNothing() {
        assertThat(decode(KEYED, "{\"op\":\"m\",\"source\":{\"schema\":\"\",\"table\":\"\"},\"message\":{}}"))
                .isEqualTo(Decoded.NOTHING);
    }

    @Test
    void aTableThatNoMappingNamesHoldsNothing() {
        assertThat(decode(KEYED, change("c", "null", AFTER, SOURCE.replace("books", "pens"))))
                .isEqualTo(Decoded.NOTHING);
    }

    @Test
    void aTruncateHasNoImages() {
        RowChange change = changeIn(KEYED, change("t", "null", "null"));
        assertThat(change).isInstanceOf(RowChange.Truncated.class);
        assertThat(change.images()).isEmpty();
    }

    @Test
    void anUpdateWithoutABeforeImageKeptItsIdentity() {
        RowChange.Updated change = (RowChange.Updated) changeIn(KEYED, change("u", "null", AFTER));
        assertThat(change.after()).isEqualTo(EMMA);
        assertThat(change.before().cell("id")).isEqualTo(EMMA.cell("id"));
        assertThat(change.before().cell("title")).isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void ofABeforeImageOnlyTheIdentityIsBelieved() {
        // Debezium writes null, or a default, for what the log does not hold.
        String before = "{\"id\":6,\"title\":null,\"cover\":\"not even base64\",\"price\":\"\"}";
        RowChange.Updated change = (RowChange.Updated) changeIn(KEYED, change("u", before, AFTER));
        assertThat(change.before().cell("id")).isEqualTo(Cell.known("6", Cell.Kind.INTEGER));
        assertThat(change.before().cell("title")).isEqualTo(Cell.UNKNOWN);
        assertThat(change.before().cell("price")).isEqualTo(Cell.UNKNOWN);
        RowChange deleted = changeIn(KEYED, change("d", before, "null"));
        assertThat(deleted.images().findFirst().orElseThrow().cell("title")).isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void withAFullIdentityANullBeforeIsNull() {
        String before = "{\"id\":7,\"title\":null,\"cover\":null,\"price\":\"1.00\"}";
        RowChange.Updated change = (RowChange.Updated) changeIn(FULL, change("u", before, AFTER));
        assertThat(change.before().cell("title")).isEqualTo(Cell.NULL);
        assertThat(change.before().cell("price")).isEqualTo(Cell.known("1.00", Cell.Kind.DECIMAL));
    }

    @Test
    void withAFullIdentityAnUpdateWithoutABeforeImageIsFromBeforeThatIdentity() {
        RowChange.Updated change = (RowChange.Updated) changeIn(FULL, change("u", "null", AFTER));
        assertThat(change.before().cell("id")).isEqualTo(EMMA.cell("id"));
        assertThat(change.before().cell("title")).isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void aDeleteWithoutAnImageTellsNothing() {
        RowChange change = changeIn(shape(BOOKS, Set.of(), ID, TITLE, COVER, PRICE), change("d", "null", "null"));
        assertThat(change.images().findFirst().orElseThrow().cell("id")).isEqualTo(Cell.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"title, __debezium_unavailable_value", "cover, X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="})
    void anUnchangedToastedValueIsWhatTheBeforeImageSays(String column, String placeholder) {
        String value = column.equals("title") ? "Emma" : "AP8=";
        String after = AFTER.replace("\"" + value + "\"", "\"" + placeholder + "\"");
        RowChange.Updated full = (RowChange.Updated) changeIn(FULL, change("u", AFTER, after));
        RowChange.Updated keyed = (RowChange.Updated) changeIn(KEYED, change("u", AFTER, after));
        assertThat(full.after()).isEqualTo(EMMA);
        assertThat(keyed.after().cell(column)).isEqualTo(Cell.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"[null,\\\"24000128\\\"]\"",
                "\"[\\\"24000128\\\",null]\"",
                "\"[]\"",
                "\"\"",
                "\"null\"",
                "5",
                "\"{\\\"a\\\":\\\"1\\\",\\\"b\\\":\\\"2\\\"}\"",
            })
    void anIncompleteSequenceIsNoPosition(String sequence) {
        String source = SOURCE.replace("\"[\\\"24000000\\\",\\\"24000128\\\"]\"", sequence);
        assertThat(source).isNotEqualTo(SOURCE);
        assertThat(changeIn(KEYED, change("c", "null", AFTER, source)).origin().position())
                .isEmpty();
    }

    @Test
    void aRecordWithoutATransactionNamesNone() {
        String source = SOURCE.replace("778", "null");
        assertThat(changeIn(KEYED, change("c", "null", AFTER, source)).origin().transaction())
                .isEmpty();
    }

    @Test
    void logPositionsAreUnsigned() {
        String source = SOURCE.replace("24000000", "18446744073709551615");
        assertThat(changeIn(KEYED, change("c", "null", AFTER, source)).origin().position())
                .contains(new Position(1, new Lsn(-1), new Lsn(24_000_128)));
    }

    @Test
    void withoutMicrosecondsTheCommitTimeIsInMilliseconds() {
        String source = SOURCE.replace("\"ts_us\"", "\"other\"");
        assertThat(changeIn(KEYED, change("c", "null", AFTER, source)).origin().committed())
                .isEqualTo(Instant.parse("2024-01-02T03:04:05.678Z"));
    }

    @Test
    void aColumnThatTheCatalogueDoesNotHaveIsUnknown() {
        RowChange change = changeIn(KEYED, change("c", "null", AFTER.replace("{", "{\"dropped\":[1],")));
        Row row = change.images().findFirst().orElseThrow();
        assertThat(row.cell("dropped")).isEqualTo(Cell.UNKNOWN);
        assertThat(row.cell("title")).isEqualTo(Cell.text("Emma"));
    }

    @Test
    void ofATableThatIsGoneEveryColumnIsUnknown() {
        Decoded decoded = decoder().decode(bytes(change("c", "null", AFTER)), OptionalLong.of(1));
        assertThat(((Decoded.Change) decoded)
                        .change()
                        .images()
                        .findFirst()
                        .orElseThrow()
                        .cell("id"))
                .isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void generatedColumnsAreCompletedOnBothImagesAfterTheOldValuesAre() {
        TableShape shape =
                shape(BOOKS, Set.of("id", "title"), ID, TITLE, generated("slug", "text", "lower(title)", "title"));
        RecordDecoder decoder = new RecordDecoder(
                Set.of(BOOKS),
                Tables.catalogue(shape),
                (table, row) -> row.cell("title") instanceof Cell.Known title
                        ? Row.of(Map.of("slug", Cell.text(title.text() + "!")))
                        : row,
                InstantSource.fixed(Instant.EPOCH));
        String after = "{\"id\":7,\"title\":\"__debezium_unavailable_value\"}";
        String before = "{\"id\":7,\"title\":\"Emma\"}";
        Decoded decoded = decoder.decode(bytes(change("u", before, after)), OptionalLong.of(1));
        assertThat(((Decoded.Change) decoded).change().images())
                .extracting(row -> row.cell("slug"))
                .containsExactly(Cell.text("Emma!"), Cell.text("Emma!"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cret",
                "[\"s3cret\"]",
                "\"s3cret\"",
                "7",
                "{",
                "{\"s3cret\":",
                "{}",
                "{\"schema\":{},\"payload\":\"s3cret\"}",
                "{\"op\":\"c\",\"source\":{\"schema\":\"public\"}}",
                "{\"op\":\"c\",\"source\":{\"table\":\"books\"}}",
                "{\"op\":\"c\",\"source\":{\"schema\":\"public\",\"table\":\"books\"}}",
                "{\"op\":\"c\",\"after\":\"s3cret\",\"source\":{\"schema\":\"public\",\"table\":\"books\"}}",
                "{\"op\":\"s3cret\",\"after\":{},\"source\":{\"schema\":\"public\",\"table\":\"books\"}}",
                "{\"after\":{\"id\":7},\"source\":{\"schema\":\"public\",\"table\":\"books\"}}",
                "{\"op\":\"c\",\"after\":{\"id\":\"s3cret\"},\"source\":{\"schema\":\"public\",\"table\":\"books\"}}",
                "{\"op\":\"c\",\"after\":{\"id\":7},"
                        + "\"source\":{\"schema\":\"public\",\"table\":\"books\",\"sequence\":\"s3cret\"}}",
                "{\"op\":\"c\",\"after\":{\"id\":7},"
                        + "\"source\":{\"schema\":\"public\",\"table\":\"books\",\"sequence\":\"[\\\"s3cret\\\",\\\"1\\\"]\"}}",
            })
    void whatIsNoEnvelopeIsSaidWithoutQuotingIt(String value) {
        assertThatThrownBy(() -> decode(KEYED, value))
                .isInstanceOf(UndecodableException.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void bytesThatAreNoTextAreNoEnvelope() {
        byte[] broken = change("c", "null", AFTER).getBytes(StandardCharsets.UTF_8);
        broken[change("c", "null", AFTER).indexOf("Emma")] = (byte) 0xC3;
        assertThatThrownBy(() -> decoder(KEYED).decode(broken, OptionalLong.of(1)))
                .isInstanceOf(UndecodableException.class)
                .hasNoCause();
    }

    @Test
    void nestingWithoutEndIsNoEnvelope() {
        String deep = "{\"a\":".repeat(100_000);
        assertThatThrownBy(() -> decode(KEYED, deep)).isInstanceOf(UndecodableException.class);
        assertThatThrownBy(() -> decode(KEYED, change("c", "null", "{\"id\":" + "[".repeat(100_000))))
                .isInstanceOf(UndecodableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e-999999999", "99999999999999999999", "1.0"})
    void numbersWithoutBoundAreNoKeys(String number) {
        assertThatThrownBy(() -> decode(KEYED, change("c", "null", AFTER.replace(":7", ":" + number))))
                .isInstanceOf(UndecodableException.class);
    }

    @Test
    void aNulThatJsonSpellsIsText() {
        RowChange change = changeIn(KEYED, change("c", "null", AFTER.replace("Emma", "a\\u0000b")));
        assertThat(change.images().findFirst().orElseThrow().cell("title")).isEqualTo(Cell.text("a\0b"));
    }

    @Test
    void theTransactionIsReadOfWhatCannotBeDecoded() {
        String broken = change("u", "null", AFTER.replace(":7", ":true"));
        assertThatThrownBy(() -> decode(KEYED, broken)).isInstanceOf(UndecodableException.class);
        assertThat(RecordDecoder.transaction(bytes(broken))).hasValue(778);
        assertThat(RecordDecoder.transaction(bytes("{\"schema\":{},\"payload\":" + broken + "}")))
                .hasValue(778);
        for (String none : new String[] {"", "no JSON", "[]", "{}", "{\"source\":{\"txId\":1e99}}"}) {
            assertThat(RecordDecoder.transaction(bytes(none))).isEmpty();
        }
        assertThat(RecordDecoder.transaction(null)).isEmpty();
    }
}
