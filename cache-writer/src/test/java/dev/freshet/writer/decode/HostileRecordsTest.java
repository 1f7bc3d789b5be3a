package dev.freshet.writer.decode;

import static dev.freshet.writer.Mappings.field;
import static dev.freshet.writer.Mappings.key;
import static dev.freshet.writer.Mappings.refreshed;
import static dev.freshet.writer.Mappings.tag;
import static dev.freshet.writer.Mappings.when;
import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static dev.freshet.writer.Tables.full;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.writer.Tables;
import dev.freshet.writer.plan.CacheAction;
import dev.freshet.writer.plan.InvalidationPlanner;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Records that somebody made with intent: decoded and planned, or said to be undecodable, with bounded time and memory;
 * and what is planned touches nothing but keys of the mappings' own forms. Single damaged bytes are
 * {@link DamagedRecordsTest}'s.
 */
final class HostileRecordsTest {

    private static final int INPUTS = Integer.getInteger("freshet.fuzz.inputs", 4_000);
    private static final long SEED = Long.getLong("freshet.fuzz.seed", new Random().nextLong());
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What one record may allocate, in bytes: classes that are loaded, and all that is read of it is copied a few times, as text of two bytes. */
    private static final long MEMORY = 32_000_000;

    private static final long MEMORY_PER_BYTE = 400;

    /**
     * A number that comes as bytes is printed half by half, each copied: 1,200 bytes for each of the 112,000 that the seed
     * -2614070678100113458 has in one.
     */
    private static final long MEMORY_PER_BYTE_OF_A_NUMBER = 2_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String IMAGE = "{\"id\":7,\"title\":\"Emma\",\"cover\":\"AP8=\",\"price\":\"12.00\","
            + "\"any\":\"1.5\",\"code\":\"ab  \",\"sold\":1704164645678901,\"seen\":\"2024-01-02T03:04:05Z\","
            + "\"weight\":1.5E-7,\"day\":19724,\"at\":3600000000,\"ok\":true,\"address\":\"10.0.0.1\",\"doc\":\"{}\"}";

    private static final String SCHEMA = "{\"type\":\"int64\",\"field\":\"id\"},{\"type\":\"int64\",\"field\":\"sold\","
            + "\"name\":\"io.debezium.time.MicroTimestamp\"},{\"type\":\"bytes\",\"field\":\"price\","
            + "\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"}}";

    private static final List<String> WHOLE = List.of(
            Envelopes.change("u", IMAGE, IMAGE),
            Envelopes.change("c", "null", IMAGE),
            Envelopes.change("d", IMAGE, "null"),
            Envelopes.change("t", "null", "null"),
            Envelopes.withSchema(Envelopes.change("u", IMAGE, IMAGE.replace("12.00", "BLA=")), SCHEMA));

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-0.0",
            "-1",
            "7",
            "1e999",
            "-1E-999",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "1e308",
            "4.9e-324",
            "9".repeat(999),
            "[]",
            "{}",
            "[[[]]]",
            "{\"scale\":2,\"value\":\"AQ==\"}",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00x\"",
            "\"*?[^]\\\\{}\"",
            "\"a:b:c\"",
            "\"\\n\"",
            "\"1e9\"",
            "\"NaN\"",
            "\"Infinity\"",
            "\"-infinity\"",
            "\"9999999999-12-31\"",
            "\"24:00:00\"",
            "\"2024-01-02T03:04:05+18:01\"",
            "\"__debezium_unavailable_value\"",
            "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"",
            "\"====\"",
            "\"-2147483648\"",
            "-2147483648",
            "\"[\\\"1\\\",\\\"2\\\"]\"",
            "\"[1,2]\"",
            "\"[\"",
            "\"c\"",
            "\"m\"",
            "\"books\"",
            "\"public\"");

    private final RecordDecoder decoder = new RecordDecoder(
            Set.of(BOOKS),
            Tables.catalogue(full(
                    BOOKS,
                    column("id", "int8"),
                    column("title", "text"),
                    column("cover", "bytea"),
                    column("price", "numeric", (10 << 16 | 2) + 4),
                    column("any", "numeric"),
                    column("code", "bpchar"),
                    column("sold", "timestamp"),
                    column("seen", "timestamptz"),
                    column("weight", "float8"),
                    column("day", "date"),
                    column("at", "time"),
                    column("ok", "bool"),
                    column("address", "inet"),
                    column("doc", "jsonb"))),
            (shape, row) -> row,
            InstantSource.fixed(Instant.EPOCH));

    private final InvalidationPlanner planner = InvalidationPlanner.of(List.of(
            key("book", "book:{id}"),
            key("title", "title:{title}:{ok}"),
            key("sale", "sale:{sold}:{day}:{price}"),
            field("hash", "prices", "{id}"),
            tag("tag", "genre:{id}", "shelf:*"),
            refreshed(key("card", "card:{id}"), ValueFormat.JSON, "id", "title", "price", "weight", "doc"),
            when(key("dear", "dear:{id}"), "row.price > 3.5 && row.title.startsWith('E')")));

    private final Random random = new Random(SEED);

    @Test
    void aHostileRecordIsDecodedOrUndecodableAndTouchesOnlyKeysOfItsMappings() {
        int decoded = 0;
        int undecodable = 0;
        for (int input = 0; input < INPUTS; input++) {
            byte[] record = mutated(WHOLE.get(random.nextInt(WHOLE.size())));
            String which = "-Dfreshet.fuzz.seed=" + SEED + ", input " + input;
            boolean number = new String(record, StandardCharsets.UTF_8).contains("connect.data.Decimal");
            long before = allocated();
            if (isDecoded(record, which)) {
                decoded++;
            } else {
                undecodable++;
            }
            assertThat(allocated() - before)
                    .describedAs(which)
                    .isLessThan(MEMORY + (number ? MEMORY_PER_BYTE_OF_A_NUMBER : MEMORY_PER_BYTE) * record.length);
        }
        assertThat(decoded).isGreaterThan(INPUTS / 10);
        assertThat(undecodable).isGreaterThan(INPUTS / 10);
    }

    @Test
    void whatIsMadeToTakeForeverIsDecidedSoon() {
        String blanks = " ".repeat(1_000_000) + "x";
        String digits = "7".repeat(4_000_000);
        String bytes = Base64.getEncoder().encodeToString(new byte[6_000_000]).replace('A', 'B');
        List<String> bombs = new ArrayList<>();
        for (String column :
                List.of("id", "title", "cover", "price", "any", "code", "sold", "seen", "day", "at", "address")) {
            for (String text : List.of(blanks, digits, "-" + digits + ".5", bytes, "1:".repeat(1_000_000))) {
                bombs.add(Envelopes.change("c", "null", "{\"" + column + "\":\"" + text + "\"}"));
            }
        }
        String decimal = "{\"type\":\"bytes\",\"field\":\"price\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
                + "\"parameters\":{\"scale\":\"SCALE\"}}";
        for (String scale : List.of("2", "-2147483648", "2147483647", "100000", "-100000", "1e9")) {
            for (String price : List.of("BLA=", bytes)) {
                bombs.add(Envelopes.withSchema(
                        Envelopes.change("c", "null", "{\"price\":\"" + price + "\"}"),
                        decimal.replace("SCALE", scale)));
            }
        }
        bombs.add("[".repeat(3_000_000));
        bombs.add("{\"a\":".repeat(1_000_000));
        bombs.add(Envelopes.change("c", "null", "{\"title\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}"));
        bombs.add(Envelopes.change("c", "null", "{\"id\":" + digits + "}"));
        bombs.add(Envelopes.change("c", "null", "{\"weight\":1e" + digits + "}"));
        bombs.add(Envelopes.change("c", "null", IMAGE, Envelopes.SOURCE.replace("778", digits)));
        bombs.add("{" + "\"op\":\"c\",".repeat(300_000) + "\"op\":\"c\"}");
        for (int i = 0; i < bombs.size(); i++) {
            byte[] bomb = Envelopes.bytes(bombs.get(i));
            String which = "bomb " + i + ": " + bombs.get(i).substring(0, 60);
            assertTimeoutPreemptively(
                    LIMIT,
                    () -> {
                        long before = allocated();
                        isDecoded(bomb, which);
                        assertThat(allocated() - before)
                                .describedAs(which)
                                .isLessThan(MEMORY + MEMORY_PER_BYTE * bomb.length);
                    },
                    which);
        }
    }

    @Test
    void aDecimalOfMoreDigitsThanPostgresHasIsUndecodableNotPrinted() {
        for (String scale : List.of("-2147483648", "2147483647")) {
            byte[] record = Envelopes.bytes(Envelopes.withSchema(
                    Envelopes.change("c", "null", "{\"price\":\"BLA=\"}"),
                    SCHEMA.replace("\"scale\":\"2\"", "\"scale\":\"" + scale + "\"")));
            assertThatThrownBy(() -> decoder.decode(record, OptionalLong.empty()))
                    .isInstanceOf(UndecodableException.class)
                    .hasMessageContaining("column price");
        }
    }

    private boolean isDecoded(byte[] record, String which) {
        try {
            Decoded decoded = decoder.decode(record, random.nextBoolean() ? OptionalLong.of(1) : OptionalLong.empty());
            if (decoded instanceof Decoded.Change change) {
                planner.plan(change.change(), change.shape()).forEach(action -> assertOwn(action, which));
            }
            return true;
        } catch (UndecodableException e) {
            assertThat(RecordDecoder.transaction(record)).isNotNull();
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return fail(which, e);
        }
    }

    /** The mappings' forms, said here a second time. */
    private static void assertOwn(CacheAction action, String which) {
        if (action instanceof CacheAction.Sweep sweep) {
            assertThat(sweep.keys().glob())
                    .describedAs(which)
                    .startsWith(
                            switch (action.mapping().name()) {
                                case "hash" -> "prices";
                                case "tag" -> "shelf:";
                                default -> action.mapping().name() + ":";
                            });
            return;
        }
        String key = action instanceof CacheAction.Remove remove
                ? remove.key() + remove.field().map(name -> "/" + name).orElse("")
                : action instanceof CacheAction.Put put
                        ? put.key()
                        : action instanceof CacheAction.RemoveTagged tagged ? tagged.tag() : "";
        String rest = key.substring(key.indexOf(':') + 1);
        boolean own = switch (action.mapping().name()) {
            case "book", "card", "dear" -> key.equals(action.mapping().name() + ":" + rest) && isNumber(rest);
            case "tag" -> key.equals("genre:" + rest) && isNumber(rest);
            case "hash" -> key.startsWith("prices/") && isNumber(key.substring("prices/".length()));
            case "title" -> key.startsWith("title:") && (key.endsWith(":true") || key.endsWith(":false"));
            case "sale" -> key.startsWith("sale:") && key.chars().noneMatch(c -> c < ' ' || c > '~');
            default -> false;
        };
        assertThat(own)
                .describedAs("%s: %s for %s", which, key, action.mapping().name())
                .isTrue();
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(key))
                .describedAs(which)
                .isTrue();
    }

    private static boolean isNumber(String text) {
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private byte[] mutated(String whole) {
        try {
            JsonNode record = JSON.readTree(whole);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                mutate(record);
            }
            return damaged(JSON.writeValueAsString(record));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Somewhere in the tree a value is changed, removed, nested, moved or doubled. */
    private void mutate(JsonNode record) throws JsonProcessingException {
        List<ObjectNode> objects = new ArrayList<>();
        collect(record, objects);
        ObjectNode place = objects.get(random.nextInt(objects.size()));
        List<String> names = new ArrayList<>();
        place.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(8)) {
            case 0 -> place.remove(name);
            case 1 ->
                place.set(
                        names.get(random.nextInt(names.size())),
                        place.path(name).deepCopy());
            case 2 -> place.set(name, nested(place.path(name).deepCopy()));
            case 3 -> place.set("new" + random.nextInt(3), JSON.readTree(value()));
            case 4 -> place.put(name, value().repeat(1 + random.nextInt(500)));
            default -> place.set(name, JSON.readTree(value()));
        }
    }

    private JsonNode nested(JsonNode inner) {
        JsonNode nested = inner;
        for (int depth = random.nextInt(2) == 0 ? 3 : 300; depth > 0; depth--) {
            ArrayNode array = JSON.createArrayNode();
            array.add(nested);
            nested = array;
        }
        return nested;
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        if (node.isObject()) {
            node.forEach(child -> collect(child, objects));
        }
    }

    private String value() {
        return VALUES.get(random.nextInt(VALUES.size()));
    }

    /** What no tree can hold: parts of two records, fields given twice, bytes that are no text, an early end. */
    private byte[] damaged(String text) {
        byte[] bytes = Envelopes.bytes(text);
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(10)) {
            case 0 -> {
                byte[] other = Envelopes.bytes(WHOLE.get(random.nextInt(WHOLE.size())));
                int from = random.nextInt(other.length);
                ByteArrayOutputStream spliced = new ByteArrayOutputStream();
                spliced.write(bytes, 0, at);
                spliced.write(other, from, other.length - from);
                return spliced.toByteArray();
            }
            case 1 -> {
                return Envelopes.bytes(text.replaceFirst("\"id\":", "\"id\":" + random.nextInt(99) + ",\"id\":"));
            }
            case 2 -> bytes[at] = (byte) (0x80 + random.nextInt(0x80));
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 4 -> bytes[at] = 0;
            default -> {
                return bytes;
            }
        }
        return bytes;
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
