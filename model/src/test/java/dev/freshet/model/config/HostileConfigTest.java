package dev.freshet.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.NamedQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in a configuration, it is read or its problems are told, and nothing else, and that soon. */
final class HostileConfigTest {

    private static final int INPUTS = Integer.getInteger("freshet.fuzz.inputs", 4_000);
    private static final long SEED = Long.getLong("freshet.fuzz.seed", new Random().nextLong());
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Map<String, String> ENVIRONMENT = Map.of("HOME", "/home/x", "SECRET", "s3cret");

    private static final String WHOLE = """
            pipeline: shop
            postgres:
              url: jdbc:postgresql://localhost:5432/shop
              user: freshet
              password: ${SECRET}
              max-retained-wal: 10GB
              properties: { sslmode: verify-full }
            kafka:
              bootstrap-servers: localhost:9092
              topics: { partitions: 6, replication: 3, retention: 24h }
            redis:
              url: redis://localhost:6379
              replay-on-failover: 60s
            writer: { http: "127.0.0.1:8082", on-attach: flush, fence-window: 30s }
            caches:
              book:
                table: public.books
                key: "book:{id}"
                redelete-after: 1s
              price-field:
                table: public.books
                key: "prices"
                field: "{id}"
              book-card:
                table: public.books
                key: "card:{id}"
                on-change: refresh
                value: { format: json, columns: [id, title, price] }
                ttl: 1h
              catalogue:
                table: public.books
                tag: "genre:{genre_id}"
                members: "shelf:*"
                columns: [price, genre_id]
              legacy:
                table: public.books
                match: "books:list:*"
                when: "row.status == 'published'"
            """;

    private static final List<String> PIECES = List.of(
            "&a ",
            "*a",
            "<<: *a",
            "!!java.net.URL ",
            "!!binary ",
            "? ",
            "- ",
            "-",
            ": ",
            ":",
            "\t",
            "\0",
            "\u0007",
            "\ufeff",
            "\u2028",
            "\ud800",
            "\n",
            "\r",
            "---\n",
            "...\n",
            "%YAML 1.3\n",
            "'",
            "\"",
            "\\x",
            "\"\\ud800\"",
            "|",
            ">",
            "#",
            "{",
            "}",
            "[",
            "]",
            ",",
            "${",
            "${HOME}",
            "${NO_SUCH}",
            "$${",
            "${A:${B",
            "~",
            "null",
            "{}",
            "[]",
            "0x7fffffff",
            "99999999999999999999d",
            "-1",
            "1e999",
            ".inf",
            ".nan",
            "2024-01-01",
            "!",
            "@",
            "`",
            "\u00e9\ud83d\ude00");

    private final Random random = new Random(SEED);

    @Test
    void aMutatedConfigurationIsReadOrItsProblemsAreTold() {
        int read = 0;
        int refused = 0;
        for (int input = 0; input < INPUTS; input++) {
            StringBuilder text = new StringBuilder(WHOLE);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                mutate(text);
            }
            if (isRead(text.toString(), "-Dfreshet.fuzz.seed=" + SEED + ", input " + input)) {
                read++;
            } else {
                refused++;
            }
        }
        assertThat(read).isGreaterThan(INPUTS / 100);
        assertThat(refused).isGreaterThan(INPUTS / 10);
    }

    @Test
    void whatIsMadeToTakeForeverIsDecidedSoon() {
        String open = "pipeline: ";
        List<String> bombs = new ArrayList<>(List.of(
                aliases(),
                open + "[".repeat(200_000),
                open + "{a: ".repeat(100_000),
                IntStream.range(0, 3_000).mapToObj(i -> " ".repeat(i) + "a:\n").reduce("", String::concat),
                "- ".repeat(100_000),
                "? ".repeat(100_000),
                open + "x".repeat(2_900_000),
                open + "\"" + "\\n".repeat(1_000_000),
                open + "'" + "''".repeat(1_000_000),
                open + "|\n" + " x\n".repeat(500_000),
                open + "x".repeat(10_000_000),
                "k".repeat(2_000_000) + ": 1",
                "a: 1\n".repeat(100_000),
                IntStream.range(0, 50_000)
                        .mapToObj(i -> "n" + i + ": 1\n")
                        .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
                        .toString(),
                "${".repeat(500_000),
                open + "${A:".repeat(500_000),
                open + "$${".repeat(500_000),
                WHOLE.replace("[id, title, price]", columns(100_000)),
                WHOLE.replace("book:{id}", "book:" + "{id}".repeat(200_000)),
                WHOLE.replace("book:{id}", "book:" + "{{".repeat(500_000)),
                WHOLE.replace("localhost:6379", "a@".repeat(200_000) + "b"),
                WHOLE.replace("localhost:5432/shop", "a,".repeat(200_000) + "b/shop"),
                WHOLE.replace("localhost:9092", "a:1,".repeat(200_000)),
                WHOLE.replace("60s", "9".repeat(1_000_000) + "s")));
        for (int i = 0; i < bombs.size(); i++) {
            String which = "bomb " + i;
            String bomb = bombs.get(i);
            assertTimeoutPreemptively(LIMIT, () -> isRead(bomb, which), which);
        }
    }

    @Test
    void halfASurrogatePairIsNoPartOfAKey() {
        for (String line :
                List.of("key: \"book:", "tag: \"genre:", "members: \"shelf:", "match: \"books:", "field: \"")) {
            assertThat(isRead(WHOLE.replace(line, line + "\\ud800"), line))
                    .describedAs(line)
                    .isFalse();
        }
    }

    @Test
    void bytesThatAreNoTextAreAProblemOfTheFile(@TempDir java.nio.file.Path directory) throws Exception {
        java.nio.file.Path file = directory.resolve("freshet.yml");
        for (int input = 0; input < 200; input++) {
            byte[] bytes = WHOLE.getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] = (byte) (0x80 + random.nextInt(0x80));
            java.nio.file.Files.write(file, bytes);
            try {
                ConfigFile.parse(file, ENVIRONMENT);
                fail("-Dfreshet.fuzz.seed=" + SEED + ", input " + input);
            } catch (ConfigException e) {
                assertThat(e).hasMessageContaining("is not UTF-8 text");
            }
        }
    }

    @Test
    void everyTextIsAQueryOrSaidToBeNone() {
        assertTimeoutPreemptively(LIMIT, () -> {
            for (int input = 0; input < INPUTS; input++) {
                StringBuilder sql = new StringBuilder("select json_agg(x) from t where id = :id and n = $$a:b$$ -- c");
                for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                    sql.insert(
                            random.nextInt(sql.length()),
                            piece()
                                    + List.of(":", "::", "/*", "*/", "--", "$$", "?", "E'")
                                            .get(random.nextInt(8)));
                }
                try {
                    NamedQuery query = NamedQuery.parse(sql.toString());
                    assertThat(query.jdbc(name -> "?")).isNotNull();
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
            for (String bomb : List.of("/*", "$a$", "'", "\"", ":a ", "--\n", "$", "E'\\'")) {
                try {
                    NamedQuery.parse("select " + bomb.repeat(300_000));
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        });
    }

    /** A password in the wrong place. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "writer: { fence-window: \"${SECRET}\" }",
                "kafka: { bootstrap-servers: \"localhost:9092${SECRET}\" }",
                "listener: { http: \"${SECRET}:80\" }",
                "redis: { url: \"${SECRET}\" }",
            })
    void whatTheEnvironmentFillsInIsToldAsTheFileHasIt(String line) {
        assertThatThrownBy(() -> ConfigFile.parse(line, ENVIRONMENT))
                .isInstanceOf(ConfigException.class)
                .message()
                .doesNotContain("s3cret");
        assertThatThrownBy(() -> ConfigFile.parse("writer: { fence-window: \"${SECRET}\" }", ENVIRONMENT))
                .hasMessageContaining("'${SECRET}' is no duration");
    }

    @Test
    void aMutatedControlRecordIsReadOrRefused() {
        List<String> whole = List.of(
                "{\"type\":\"heartbeat\",\"system\":\"7301\",\"timeline\":1,\"lsn\":\"0/16B3748\",\"source_ts_us\":1704164645678901,"
                        + "\"end_offsets\":{\"shop.public.books\":[1,2,3]}}",
                "{\"type\":\"gap\",\"reason\":\"r\",\"tables\":[\"public.books\"],\"lsn\":\"0/16B3748\",\"epoch\":2,"
                        + "\"found_ts_us\":1704164645678901}");
        for (int input = 0; input < INPUTS; input++) {
            StringBuilder text = new StringBuilder(whole.get(input % 2));
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                mutate(text);
            }
            try {
                assertThat(ControlRecord.parse(text.toString().getBytes(StandardCharsets.UTF_8)))
                        .isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (RuntimeException | StackOverflowError e) {
                fail("-Dfreshet.fuzz.seed=" + SEED + ", input " + input, e);
            }
        }
    }

    /** A secret never comes back in a message. */
    private static boolean isRead(String text, String which) {
        try {
            return ConfigFile.parse(text, ENVIRONMENT).config() != null;
        } catch (ConfigException e) {
            assertThat(e.problems()).describedAs(which).isNotEmpty();
            assertThat(e.getMessage()).describedAs(which).doesNotContain("s3cret");
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            return fail(which, e);
        }
    }

    private void mutate(StringBuilder text) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + 1 + random.nextInt(12));
        switch (random.nextInt(7)) {
            case 0 -> text.insert(at, piece());
            case 1 -> text.replace(at, end, piece());
            case 2 -> text.delete(Math.max(1, at), end);
            case 3 -> text.insert(at, text.substring(random.nextInt(text.length())));
            case 4 -> text.setLength(Math.max(1, at));
            case 5 -> text.insert(at, piece().repeat(1 + random.nextInt(300)));
            default -> {
                String[] lines = text.toString().split("\n", -1);
                int line = random.nextInt(lines.length);
                lines[line] = switch (random.nextInt(4)) {
                    case 0 -> "\t" + lines[line];
                    case 1 -> "  " + lines[line];
                    case 2 -> lines[line] + "\n" + lines[line];
                    default ->
                        lines[line].replaceFirst(":.*", ": " + java.util.regex.Matcher.quoteReplacement(piece()));
                };
                text.setLength(0);
                text.append(String.join("\n", lines));
            }
        }
    }

    private String piece() {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    private static String aliases() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ",").repeat(9) + "x]\n");
        }
        return bomb.toString();
    }

    private static String columns(int count) {
        StringBuilder columns = new StringBuilder("[c0");
        for (int i = 1; i < count; i++) {
            columns.append(",c").append(i);
        }
        return columns.append(']').toString();
    }
}
