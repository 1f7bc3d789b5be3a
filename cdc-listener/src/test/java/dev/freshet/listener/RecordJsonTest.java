package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field(
                    "state",
                    SchemaBuilder.string().optional().defaultValue("new").build())
            .build();

    private final RecordJson json = new RecordJson();

    @Test
    void aNullIsWrittenAsNullAndNotAsTheColumnsDefault() {
        Struct row = new Struct(ROW).put("id", 7L).put("state", null);
        SourceRecord record = new SourceRecord(Map.of(), Map.of(), "t", ROW, row, ROW, row);
        assertThat(new String(required(json.value(record)), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":7,\"state\":null}");
        assertThat(new String(required(json.key(record)), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":7,\"state\":null}");
        assertThat(RecordJson.keyColumns(record)).containsExactly("id", "state");
    }

    @Test
    void aTombstoneHasNoValueAndATableWithoutKeyNoKey() {
        SourceRecord record = new SourceRecord(Map.of(), Map.of(), "t", null, null, null, null);
        assertThat(json.value(record)).isNull();
        assertThat(json.key(record)).isNull();
        assertThat(RecordJson.keyColumns(record)).isEmpty();
    }

    /** The converter is the reference: other consumers of the topics read what Debezium would have written. */
    @Test
    void everyValueIsWrittenAsKafkasConverterWritesIt() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false", "replace.null.with.default", "false"), false);
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Schema schema = Values.struct(random, 3);
            Object value = Values.of(schema, random);
            SourceRecord record = new SourceRecord(Map.of(), Map.of(), "t", schema, value, schema, value);
            assertThat(new String(required(json.value(record)), StandardCharsets.UTF_8))
                    .describedAs("seed %d", seed)
                    .isEqualTo(new String(converter.fromConnectData("t", schema, value), StandardCharsets.UTF_8));
            assertThat(json.key(record)).isEqualTo(json.value(record));
        }
    }

    /** Schemas and values of every type that Connect knows. */
    private static final class Values {

        private static final String[] TEXTS = {
            "",
            "a",
            "quote \" and \\",
            "line\nfeed\u0001",
            "ünï",
            "\uD83D\uDE00",
            "</script>",
            "\u2028",
            "x".repeat(9_000)
        };

        private Values() {}

        static Schema struct(Random random, int depth) {
            SchemaBuilder builder = SchemaBuilder.struct().optional();
            int fields = random.nextInt(7);
            for (int i = 0; i < fields; i++) {
                builder.field(TEXTS[random.nextInt(8)] + i, any(random, depth - 1));
            }
            return builder.build();
        }

        private static Schema any(Random random, int depth) {
            return switch (random.nextInt(depth > 0 ? 16 : 13)) {
                case 0 -> Schema.OPTIONAL_INT8_SCHEMA;
                case 1 -> Schema.OPTIONAL_INT16_SCHEMA;
                case 2 -> Schema.OPTIONAL_INT32_SCHEMA;
                case 3 -> SchemaBuilder.int64().optional().defaultValue(7L).build();
                case 4 -> Schema.OPTIONAL_FLOAT32_SCHEMA;
                case 5 -> Schema.OPTIONAL_FLOAT64_SCHEMA;
                case 6 -> Schema.OPTIONAL_BOOLEAN_SCHEMA;
                case 7 -> SchemaBuilder.string().optional().defaultValue("new").build();
                case 8 -> Schema.OPTIONAL_BYTES_SCHEMA;
                case 9 -> Decimal.builder(2).optional().build();
                case 10 -> Date.builder().optional().build();
                case 11 -> Time.builder().optional().build();
                case 12 -> Timestamp.builder().optional().build();
                case 13 ->
                    SchemaBuilder.array(any(random, depth - 1)).optional().build();
                case 14 ->
                    SchemaBuilder.map(Schema.STRING_SCHEMA, any(random, depth - 1))
                            .optional()
                            .build();
                default -> struct(random, depth);
            };
        }

        static Object of(Schema schema, Random random) {
            Struct struct = new Struct(schema);
            schema.fields().forEach(field -> struct.put(field, anyOf(field.schema(), random)));
            return struct;
        }

        @SuppressWarnings("JavaUtilDate") // what Connect takes for its times
        private static @org.jspecify.annotations.Nullable Object anyOf(Schema schema, Random random) {
            if (random.nextInt(5) == 0) {
                return null;
            }
            if (schema.name() != null) {
                long day = random.nextInt(20_000) * 86_400_000L;
                return switch (schema.name()) {
                    case Decimal.LOGICAL_NAME -> new BigDecimal(BigInteger.valueOf(random.nextLong()), 2);
                    case Date.LOGICAL_NAME -> new java.util.Date(day);
                    case Time.LOGICAL_NAME -> new java.util.Date(random.nextInt(86_400_000));
                    default -> new java.util.Date(day + random.nextInt(86_400_000));
                };
            }
            return switch (schema.type()) {
                case INT8 -> (byte) random.nextInt();
                case INT16 -> (short) random.nextInt();
                case INT32 -> random.nextInt();
                case INT64 -> random.nextLong();
                case FLOAT32 -> Float.intBitsToFloat(random.nextInt());
                case FLOAT64 -> random.nextInt(4) == 0 ? Double.NaN : Double.longBitsToDouble(random.nextLong());
                case BOOLEAN -> random.nextBoolean();
                case STRING -> TEXTS[random.nextInt(TEXTS.length)];
                case BYTES -> {
                    byte[] bytes = new byte[random.nextInt(200)];
                    random.nextBytes(bytes);
                    yield random.nextBoolean() ? bytes : ByteBuffer.wrap(bytes);
                }
                case ARRAY -> {
                    List<@org.jspecify.annotations.Nullable Object> elements = new ArrayList<>();
                    for (int i = random.nextInt(4); i > 0; i--) {
                        elements.add(anyOf(schema.valueSchema(), random));
                    }
                    yield elements;
                }
                case MAP -> {
                    Map<String, @org.jspecify.annotations.Nullable Object> entries = new TreeMap<>();
                    for (int i = random.nextInt(4); i > 0; i--) {
                        entries.put(TEXTS[random.nextInt(8)], anyOf(schema.valueSchema(), random));
                    }
                    yield entries;
                }
                case STRUCT -> of(schema, random);
            };
        }
    }

    private static byte[] required(byte @org.jspecify.annotations.Nullable [] bytes) {
        assertThat(bytes).isNotNull();
        return bytes == null ? new byte[0] : bytes;
    }
}
