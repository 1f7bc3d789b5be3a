package dev.freshet.writer.decode;

import static dev.freshet.writer.Tables.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.Cell;
import dev.freshet.model.TableShape.Column;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as Debezium writes them, against what PostgreSQL prints; on real servers in the module system-tests. */
final class WireTextTest {

    private static final int TWO_DECIMALS = (10 << 16 | 2) + 4;
    private static final WireType DECIMAL_BYTES =
            new WireType("bytes", "org.apache.kafka.connect.data.Decimal", OptionalInt.of(2));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int8 | 9223372036854775807 | 9223372036854775807",
                "int8 | -9223372036854775808 | -9223372036854775808",
                "int2 | -32768 | -32768",
                "oid | 4294967295 | 4294967295",
                "bool | true | true",
                "bool | false | false",
                "float8 | 0.1 | 0.1",
                "float8 | -0.0 | -0",
                "float8 | 0.0 | 0",
                "float8 | 1.0E15 | 1e+15",
                "float8 | 1.0E14 | 100000000000000",
                "float8 | 1.0E-5 | 1e-05",
                "float8 | 1.0E-4 | 0.0001",
                "float8 | 4.9E-324 | 5e-324",
                "float8 | 1.7976931348623157E308 | 1.7976931348623157e+308",
                "float8 | \"NaN\" | NaN",
                "float8 | \"-Infinity\" | -Infinity",
                "float4 | 0.1 | 0.1",
                "float4 | -0.0 | -0",
                "float4 | 1000000.0 | 1e+06",
                "float4 | 100000.0 | 100000",
                "float4 | 1.4E-45 | 1e-45",
                "float4 | 3.4028235E38 | 3.4028235e+38",
                "text | \" a\\nb \" | ` a\nb `",
                "bpchar | \"ab  \" | ab",
                "bpchar | \"ab \\n\" | `ab \n`",
                "bpchar | \"  \" | ``",
                "uuid | \"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\" | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "inet | \"10.0.0.1\" | 10.0.0.1/32",
                "inet | \"10.0.0.1/8\" | 10.0.0.1/8",
                "inet | \"::1\" | ::1/128",
                "cidr | \"10.0.0.0/8\" | 10.0.0.0/8",
                "bytea | \"AP8=\" | \\x00ff",
                "bytea | \"\" | \\x",
                "date | 0 | 1970-01-01",
                "date | -719162 | 0001-01-01",
                "date | -719163 | 0001-12-31 BC",
                "date | 2932897 | 10000-01-01",
                "date | \"2024-02-29Z\" | 2024-02-29",
                "date | \"infinity\" | infinity",
                "time | 86400000000 | 24:00:00",
                "time | 1 | 00:00:00.000001",
                "time | 45296789000 | 12:34:56.789",
                "timestamp | 1000000 | 1970-01-01 00:00:01",
                "timestamp | -1 | 1969-12-31 23:59:59.999999",
                "timestamp | -62135596800000001 | `0001-12-31 23:59:59.999999 BC`",
                "timestamptz | \"2024-01-02T03:04:05.600000Z\" | 2024-01-02 03:04:05.6+00",
                "timestamptz | \"2024-01-02T03:04:05+02:00\" | 2024-01-02 01:04:05+00",
                "timestamptz | \"-0043-03-15T00:00:00Z\" | 0044-03-15 00:00:00+00 BC",
                "timestamptz | \"infinity\" | infinity",
                "timestamptz | \"-infinity\" | -infinity",
            })
    void aValuePrintsAsPostgresPrintsIt(String type, String json, String printed) throws JsonProcessingException {
        assertThat(ours(column("c", type), json))
                .isEqualTo(Cell.known(printed, column("c", type).type().kind()));
    }

    @ParameterizedTest
    @CsvSource({
        "-1, \"1.50\", 1.50",
        "-1, \"0.00000001\", 0.00000001",
        "-1, \"NAN\", NaN",
        "-1, \"POSITIVE_INFINITY\", Infinity",
        "-1, \"NEGATIVE_INFINITY\", -Infinity",
        "655366, \"12.00\", 12.00",
        "655366, \"NAN\", NaN",
        "655364, \"12\", 12",
        "198658, \"12300.000\", 12300",
    })
    void aDecimalOfOurListenerIsText(int modifier, String json, String printed) throws JsonProcessingException {
        assertThat(ours(column("c", "numeric", modifier), json)).isEqualTo(Cell.known(printed, Cell.Kind.DECIMAL));
    }

    /** {@code 1234} is base64 too: of three bytes. */
    @ParameterizedTest
    @CsvSource({"\"BNI=\", 12.34", "\"1234\", -26588.24", "\"12.34\", 12.34", "\"NAN\", NaN"})
    void whereNoSchemaTellsADecimalIsTextOnlyWithTheColumnsOwnDecimals(String json, String printed)
            throws JsonProcessingException {
        assertThat(foreign(column("c", "numeric", TWO_DECIMALS), WireType.UNSTATED, json))
                .isEqualTo(Cell.known(printed, Cell.Kind.DECIMAL));
    }

    @Test
    void aSchemaTellsTextFromBytes() throws JsonProcessingException {
        Column price = column("c", "numeric", TWO_DECIMALS);
        Column whole = column("c", "numeric", (10 << 16) + 4);
        WireType text = new WireType("string", "", OptionalInt.empty());
        assertThat(foreign(price, DECIMAL_BYTES, "\"1234\"")).isEqualTo(Cell.known("-26588.24", Cell.Kind.DECIMAL));
        assertThat(foreign(whole, text, "\"1234\"")).isEqualTo(Cell.known("1234", Cell.Kind.DECIMAL));
        assertThat(foreign(whole, WireType.UNSTATED, "\"1234\"")).isEqualTo(Cell.UNKNOWN);
        assertThat(foreign(column("c", "bytea"), text, "\"00ff\"")).isEqualTo(Cell.UNKNOWN);
    }

    @Test
    void whatTheEncodingLostIsUnknown() throws JsonProcessingException {
        Column any = column("c", "numeric");
        assertThat(foreign(any, WireType.UNSTATED, "{\"scale\":1,\"value\":\"Dw==\"}"))
                .describedAs("trailing zeros were cut off")
                .isEqualTo(Cell.UNKNOWN);
        assertThat(foreign(any, WireType.UNSTATED, "1.5"))
                .describedAs("a double has no decimals of its own")
                .isEqualTo(Cell.UNKNOWN);
        assertThat(foreign(column("c", "numeric", (16 << 16 | 2) + 4), WireType.UNSTATED, "12345678901234.5"))
                .describedAs("more digits than a double holds")
                .isEqualTo(Cell.UNKNOWN);
        assertThat(foreign(column("c", "numeric", (15 << 16 | 2) + 4), WireType.UNSTATED, "1234567890123.5"))
                .isEqualTo(Cell.known("1234567890123.50", Cell.Kind.DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({
        "date, 2147483647",
        "date, -2147483648",
        "timestamp, 9223372036825200000",
        "timestamp, -9223372036832400000",
        "timestamptz, \"+294247-01-09T04:00:54Z\"",
        "interval, 1",
        "_int4, \"x\"",
    })
    void infinityAndUnknownTypesAreUnknown(String type, String json) throws JsonProcessingException {
        assertThat(ours(column("c", type), json)).isEqualTo(Cell.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "3, '', 1704164645678",
        "0, '', 1704164645678",
        "6, '', 1704164645678000",
        "-1, '', 1704164645678000",
        "3, io.debezium.time.MicroTimestamp, 1704164645678000",
        "-1, io.debezium.time.Timestamp, 1704164645678",
        "-1, io.debezium.time.NanoTimestamp, 1704164645678000000",
        "6, org.apache.kafka.connect.data.Timestamp, 1704164645678",
    })
    void theUnitOfATimestampIsTheSchemasElseTheColumns(int modifier, String name, String json)
            throws JsonProcessingException {
        WireType wire = new WireType(name.isEmpty() ? "" : "int64", name, OptionalInt.empty());
        assertThat(foreign(column("c", "timestamp", modifier), wire, json))
                .isEqualTo(Cell.text("2024-01-02 03:04:05.678"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "xml", "_int4", ""})
    void aNullOfATypeThatIsNotReadIsUnknown(String type) throws JsonProcessingException {
        assertThat(ours(column("c", type), "null")).isEqualTo(Cell.UNKNOWN);
        assertThat(ours(column("c", type), "\"x\"")).isEqualTo(Cell.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text", "int8", "numeric", "bytea", "timestamptz", "date", "bool", "uuid", "jsonb", "float8"})
    void thePlaceholderIsUnknownAndNullIsNull(String type) throws JsonProcessingException {
        assertThat(ours(column("c", type), "\"__debezium_unavailable_value\"")).isEqualTo(Cell.UNKNOWN);
        assertThat(ours(column("c", type), "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\""))
                .isEqualTo(Cell.UNKNOWN);
        assertThat(ours(column("c", type), "null")).isEqualTo(Cell.NULL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int4 | \"s3cret\"",
                "int8 | 99999999999999999999999",
                "int4 | 1.5",
                "bool | 1",
                "numeric | \"s3cret\"",
                "numeric | 1e999999999",
                "float8 | \"s3cret\"",
                "bytea | \"s3cret!\"",
                "date | \"s3cret\"",
                "time | -1",
                "time | 9223372036854775807",
                "timestamp | \"s3cret\"",
                "timestamptz | 5",
                "timestamptz | \"s3cret\"",
                "text | {\"s3cret\":1}",
                "uuid | [\"s3cret\"]",
                "text | \"s3cret\\ud83d\"",
                "text | \"\\ude00\\ud83ds3cret\"",
            })
    void whatIsNoSuchValueIsNamedByItsColumnAndNeverQuoted(String type, String json) {
        Column column = column("c", type, type.equals("numeric") ? TWO_DECIMALS : -1);
        assertThatThrownBy(() -> foreign(column, WireType.UNSTATED, json))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("column c of type " + type)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void aWholeSurrogatePairIsText() throws JsonProcessingException {
        assertThat(ours(column("c", "text"), "\"a\\ud83d\\ude00b\"")).isEqualTo(Cell.text("a\ud83d\ude00b"));
    }

    @Test
    void aHostileScaleIsRefusedBeforeItIsPrinted() {
        WireType hostile = new WireType("bytes", DECIMAL_BYTES.name(), OptionalInt.of(-2_000_000_000));
        assertThatThrownBy(() -> foreign(column("c", "numeric", TWO_DECIMALS), hostile, "\"AQ==\""))
                .isInstanceOf(UndecodableException.class);
    }

    private static Cell ours(Column column, String json) throws JsonProcessingException {
        return new WireText(true).cell(column, WireType.UNSTATED, parse(json));
    }

    private static Cell foreign(Column column, WireType wire, String json) throws JsonProcessingException {
        return new WireText(false).cell(column, wire, parse(json));
    }

    private static JsonNode parse(String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json);
    }
}
