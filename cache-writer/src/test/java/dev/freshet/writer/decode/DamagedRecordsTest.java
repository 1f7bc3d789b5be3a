package dev.freshet.writer.decode;

import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static dev.freshet.writer.Tables.full;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.writer.Tables;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever happens to a record's bytes, it is decoded or said to be undecodable, and nothing else. */
final class DamagedRecordsTest {

    private static final long SEED = 20261120;

    private static final String IMAGE = "{\"id\":7,\"title\":\"Emma \\u20ac\",\"cover\":\"AP8=\",\"price\":\"12.00\","
            + "\"sold\":1704164645678901,\"seen\":\"2024-01-02T03:04:05Z\",\"weight\":1.5E-7,\"day\":19724,\"ok\":true}";

    private static final String SCHEMA = "{\"type\":\"int64\",\"field\":\"id\"},{\"type\":\"int64\",\"field\":\"sold\","
            + "\"name\":\"io.debezium.time.MicroTimestamp\"},{\"type\":\"bytes\",\"field\":\"price\","
            + "\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"}}";

    private static final List<byte[]> WHOLE = List.of(
            Envelopes.bytes(Envelopes.change("u", IMAGE, IMAGE)),
            Envelopes.bytes(
                    Envelopes.withSchema(Envelopes.change("d", IMAGE.replace("12.00", "BLA="), "null"), SCHEMA)));

    /** What takes the place of a byte: JSON's own signs first. */
    private static final byte[] SIGNS = Envelopes.bytes("{}[]\",:\\-+.eE0123456789nulltruefalse \0\u00ff/zZT");

    private final RecordDecoder decoder = new RecordDecoder(
            Set.of(BOOKS),
            Tables.catalogue(full(
                    BOOKS,
                    column("id", "int8"),
                    column("title", "text"),
                    column("cover", "bytea"),
                    column("price", "numeric", (10 << 16 | 2) + 4),
                    column("sold", "timestamp"),
                    column("seen", "timestamptz"),
                    column("weight", "float8"),
                    column("day", "date"),
                    column("ok", "bool"))),
            (shape, row) -> row,
            InstantSource.fixed(Instant.EPOCH));

    @Test
    void everyRecordCutShortIsUndecodable() {
        for (byte[] whole : WHOLE) {
            assertThat(decoder.decode(whole, OptionalLong.of(1))).isInstanceOf(Decoded.Change.class);
            for (int length = 1; length < whole.length; length++) {
                assertThat(isDecoded(Arrays.copyOf(whole, length), "cut at " + length))
                        .describedAs("cut at %d", length)
                        .isFalse();
            }
        }
    }

    @Test
    void aChangedRecordIsDecodedOrUndecodable() {
        Random random = new Random(SEED);
        int decoded = 0;
        int undecodable = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = WHOLE.get(i % WHOLE.size()).clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = SIGNS[random.nextInt(SIGNS.length)];
            }
            if (isDecoded(changed, "seed " + SEED + ", record " + i)) {
                decoded++;
            } else {
                undecodable++;
            }
        }
        assertThat(decoded).isGreaterThan(100);
        assertThat(undecodable).isGreaterThan(1000);
    }

    private boolean isDecoded(byte[] value, String which) {
        try {
            decoder.decode(value, OptionalLong.of(1));
            return true;
        } catch (UndecodableException e) {
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            return fail(which, e);
        }
    }
}
