package dev.freshet.system.printing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.Listener;
import dev.freshet.listener.SourceSql;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.Cell;
import dev.freshet.model.ColumnType;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.TableId;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.HostPort;
import dev.freshet.model.config.KafkaConfig;
import dev.freshet.model.config.ListenerConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.RedisConfig;
import dev.freshet.model.config.Secret;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.RecordDecoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** What the decoder makes of what a real Debezium sends is {@code column::text}, for every type that a key may hold. */
final class PrintedValuesIT {

    private static final long SEED = 20261121;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** By the column's type in SQL, the values to be stored. */
    private static Map<String, List<String>> values() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put("smallint", List.of("-32768", "0", "32767"));
        values.put("integer", List.of("-2147483648", "0", "2147483647"));
        values.put("bigint", List.of("-9223372036854775808", "0", "9223372036854775807"));
        values.put("oid", List.of("0", "4294967295"));
        values.put("boolean", List.of("true", "false"));
        values.put("real", floats(false));
        values.put("double precision", floats(true));
        values.put(
                "numeric",
                List.of(
                        "0",
                        "0.00",
                        "1.50",
                        "-0.000000001",
                        "1e20",
                        "1e-20",
                        "123456789012345678901234567890.5",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "100",
                        "1e3"));
        values.put("numeric(10,2)", List.of("0", "1.5", "-99999999.99", "12", "1234", "NaN"));
        values.put("numeric(10,0)", List.of("0", "1234", "-7", "NaN"));
        values.put("numeric(30,20)", List.of("0", "0.00000000000000000001", "1234567890.5"));
        values.put("numeric(3,-2)", List.of("12345", "0", "-99900"));
        values.put("numeric(2,5)", List.of("0.00012", "0"));
        List<String> texts = List.of(
                "",
                " ",
                "a  ",
                "\"quoted\"",
                "{braces}",
                "it's",
                "\\",
                "\n",
                "a\nb",
                "\t",
                "é☃𝄞",
                "null",
                "%_*?[x]",
                "\u0001",
                "a \n",
                "__debezium");
        values.put("text", texts);
        values.put("varchar(20)", texts);
        values.put("char(12)", texts);
        values.put("citext", List.of("MiXed", ""));
        values.put("mood", List.of("sad", "so-so, \"really\"", "O'K"));
        values.put("price_domain", List.of("1", "2.5"));
        values.put("outer_domain", List.of("1", "2.5"));
        values.put("stamp_domain", List.of("2024-01-02 03:04:05.678"));
        values.put("text_domain", List.of("a "));
        values.put("uuid", List.of("00000000-0000-0000-0000-000000000000", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"));
        values.put(
                "date",
                List.of(
                        "1970-01-01",
                        "2024-02-29",
                        "0001-01-01",
                        "0044-03-15 BC",
                        "4714-11-24 BC",
                        "1582-10-10",
                        "9999-12-31",
                        "10000-01-01",
                        "5874897-12-31",
                        "infinity",
                        "-infinity"));
        List<String> times =
                List.of("00:00:00", "23:59:59.999999", "12:34:56.789", "12:34:56.7", "00:00:00.000001", "24:00:00");
        values.put("time", times);
        values.put("time(0)", times);
        values.put("time(3)", times);
        List<String> stamps = List.of(
                "1970-01-01 00:00:00",
                "1969-12-31 23:59:59.999999",
                "2024-01-02 03:04:05.678901",
                "2024-01-02 03:04:05.6",
                "2024-03-31 02:30:00",
                "0001-01-01 00:00:00",
                "0044-03-15 12:00:00 BC",
                "1582-10-10 00:00:00",
                "9999-12-31 23:59:59",
                "20000-01-01 00:00:00.5",
                "infinity",
                "-infinity");
        for (String precision : List.of("", "(0)", "(1)", "(3)", "(4)", "(6)")) {
            values.put("timestamp" + precision, stamps);
            values.put("timestamp" + precision + " with time zone", stamps);
        }
        values.put("bytea", List.of("\\x", "\\x00ff", "\\xdeadbeef"));
        values.put(
                "inet",
                List.of("10.0.0.1", "10.0.0.1/8", "0.0.0.0/0", "::1", "2001:db8::1/64", "::ffff:1.2.3.4", "fe80::/10"));
        values.put("cidr", List.of("10.0.0.0/8", "10.1.2.3/32", "2001:db8::/32", "::/0"));
        values.put("macaddr", List.of("08:00:2B:01:02:03", "ff-ff-ff-ff-ff-ff"));
        values.put("json", List.of("{\"b\": 1,  \"a\":[1.0, null]}", "null", "\"x\"", "5"));
        values.put("jsonb", List.of("{\"b\": 1,  \"a\":[1.0, null]}", "null", "\"x\"", "5"));
        return values;
    }

    private static List<String> floats(boolean twice) {
        List<String> floats = new ArrayList<>(List.of(
                "0",
                "-0",
                "1",
                "-1.5",
                "0.1",
                "0.3",
                "1e15",
                "1e14",
                "123456789",
                "1e-5",
                "1e-4",
                "1e5",
                "1e6",
                "9999999",
                "16777216",
                "33554432",
                "1e20",
                "NaN",
                "Infinity",
                "-Infinity",
                "3.4028235e38",
                "1.4e-45",
                "1.17549435e-38",
                "0.30000001",
                "8388608.5"));
        if (twice) {
            floats.addAll(List.of(
                    "1.7976931348623157e308",
                    "5e-324",
                    "2.2250738585072014e-308",
                    "9007199254740993",
                    "20000000000000008",
                    "5.684341886080802e-14",
                    "5.684341886080801e-14",
                    "1e22",
                    "1e23",
                    "0.1234567890123456789",
                    "123456789012345.6",
                    "1234567890123456.7",
                    "18014398509481988",
                    "9.5367431640625e-07"));
        }
        Random random = new Random(SEED);
        for (int i = 0; i < 1500; i++) {
            floats.add(
                    twice
                            ? finite(Double.longBitsToDouble(random.nextLong()))
                            : finite(Float.intBitsToFloat(random.nextInt())));
            floats.add(Long.toString(1L << random.nextInt(63)));
            floats.add(Double.toString(Math.scalb(1.0, random.nextInt(120) - 120)));
        }
        return floats;
    }

    private static String finite(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "0";
    }

    private static String finite(float value) {
        return Float.isFinite(value) ? Float.toString(value) : "0";
    }

    private final PostgresServer server = EmbeddedStack.shared().postgres();
    private final String name = "print_" + UUID.randomUUID().toString().replace("-", "");
    private final Map<String, List<String>> values = values();
    private final List<String> types = List.copyOf(values.keySet());

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
    }

    private static TableId table(int type) {
        return new TableId("public", "t" + type);
    }

    @Test
    void everyValuePrintsAsPostgresPrintsIt() throws SQLException, InterruptedException {
        try (Connection admin = connect("postgres");
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION citext");
            statement.execute("CREATE TYPE mood AS ENUM ('sad', 'so-so, \"really\"', 'O''K')");
            statement.execute("CREATE DOMAIN price_domain AS numeric(10,2)");
            statement.execute("CREATE DOMAIN outer_domain AS price_domain");
            statement.execute("CREATE DOMAIN stamp_domain AS timestamp(3)");
            statement.execute("CREATE DOMAIN text_domain AS text");
            for (int i = 0; i < types.size(); i++) {
                statement.execute("CREATE TABLE t" + i + " (id int PRIMARY KEY, c " + types.get(i) + ")");
            }
            FreshetConfig config = config();
            for (String sql : new SourceSql(CaptureSettings.of(config))
                    .setup(name, connection.getMetaData().getDatabaseMajorVersion() * 10_000)) {
                statement.execute(sql);
            }
            statement.execute("ALTER ROLE " + name + " PASSWORD 'least'");
            try (Listener listener = Listener.create(
                    config, EmbeddedStack.shared().kafka().bootstrapServers(), new SimpleMeterRegistry())) {
                listener.start();
                assertThat(listener.awaitStreaming(PATIENCE)).isTrue();
                insert(connection);
                compare(printed(statement), decoded(config));
            }
        }
    }

    private void insert(Connection connection) throws SQLException {
        for (int i = 0; i < types.size(); i++) {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO t" + i + " VALUES (?, ?::text::" + types.get(i) + ")")) {
                List<String> all = values.getOrDefault(types.get(i), List.of());
                for (int id = 0; id < all.size(); id++) {
                    insert.setInt(1, id);
                    insert.setString(2, all.get(id));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        }
    }

    /** By type and row, what the database prints. */
    private Map<String, String> printed(Statement statement) throws SQLException {
        statement.execute("SET TimeZone TO 'UTC'");
        statement.execute("SET DateStyle TO 'ISO, YMD'");
        Map<String, String> printed = new LinkedHashMap<>();
        for (int i = 0; i < types.size(); i++) {
            try (ResultSet rows = statement.executeQuery("SELECT id, c::text FROM t" + i + " ORDER BY id")) {
                while (rows.next()) {
                    printed.put(types.get(i) + " #" + rows.getInt(1), rows.getString(2));
                }
            }
        }
        return printed;
    }

    private Map<String, Cell> decoded(FreshetConfig config) {
        Map<String, Cell> decoded = new HashMap<>();
        Map<String, Integer> typeOf = new HashMap<>();
        for (int i = 0; i < types.size(); i++) {
            typeOf.put(config.topics().of(table(i)), i);
        }
        int expected = values.values().stream().mapToInt(List::size).sum();
        Instant deadline = Instant.now().plus(PATIENCE);
        try (SourceConnection source = new SourceConnection(config.postgres(), "test");
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                EmbeddedStack.shared().kafka().bootstrapServers(),
                                "group.id",
                                name + "-reader",
                                "auto.offset.reset",
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            RecordDecoder decoder = new RecordDecoder(
                    config.tables(), new JdbcCatalogue(source), (shape, row) -> row, InstantSource.system());
            consumer.subscribe(typeOf.keySet());
            while (decoded.size() < expected && Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (decoder.decode(record.value(), epoch(record)) instanceof Decoded.Change change) {
                        var row = change.change().images().findFirst().orElseThrow();
                        String type = types.get(requireNonNull(typeOf.get(record.topic())));
                        decoded.put(type + " #" + ((Cell.Known) row.cell("id")).text(), row.cell("c"));
                    }
                }
            }
        }
        assertThat(decoded).hasSize(expected);
        return decoded;
    }

    private static OptionalLong epoch(ConsumerRecord<byte[], byte[]> record) {
        return OptionalLong.of(Long.parseLong(
                new String(record.headers().lastHeader("freshet.epoch").value(), StandardCharsets.US_ASCII)));
    }

    /** Only what the encoding cannot tell apart may be unknown: dates and times at the ends of what it holds. */
    private void compare(Map<String, String> printed, Map<String, Cell> decoded) {
        List<String> wrong = new ArrayList<>();
        printed.forEach((value, text) -> {
            Cell cell = decoded.get(value);
            boolean mayBeUnknown =
                    Set.of("infinity", "-infinity", "5874897-12-31").contains(text);
            boolean right = cell instanceof Cell.Known known
                    ? known.text().equals(text)
                    : cell instanceof Cell.Unknown && mayBeUnknown;
            if (!right) {
                wrong.add(value + ": " + text + " was decoded as "
                        + (cell instanceof Cell.Known known ? known.text() : String.valueOf(cell)));
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(unmatched(printed))
                .describedAs("values outside their type's form")
                .isEmpty();
    }

    private List<String> unmatched(Map<String, String> printed) {
        try (SourceConnection source = new SourceConnection(config().postgres(), "test")) {
            Map<String, Pattern> forms = new HashMap<>();
            for (int i = 0; i < types.size(); i++) {
                ColumnType type = new JdbcCatalogue(source)
                        .shape(table(i))
                        .orElseThrow()
                        .column("c")
                        .type();
                assertThat(type.inKeys()).describedAs(types.get(i)).isTrue();
                forms.put(types.get(i), Pattern.compile(type.form(), Pattern.DOTALL));
            }
            return printed.entrySet().stream()
                    .filter(value -> !requireNonNull(forms.get(value.getKey().replaceFirst(" #\\d+$", "")))
                            .matcher(value.getValue())
                            .matches())
                    .map(Object::toString)
                    .toList();
        }
    }

    private FreshetConfig config() {
        List<CacheMapping> caches = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            caches.add(new CacheMapping(
                    "c" + i,
                    table(i),
                    new Target.Key(KeyTemplate.parse("t" + i + ":{c}")),
                    OnChange.DELETE,
                    Set.of(),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Optional.empty()));
        }
        return new FreshetConfig(
                name,
                new PostgresConfig(server.jdbcUrl(name), name, new Secret("least"), 1L << 33, Map.of()),
                new KafkaConfig(
                        Optional.of(EmbeddedStack.shared().kafka().bootstrapServers()),
                        Path.of("target"),
                        1,
                        1,
                        Duration.ofHours(1),
                        Map.of()),
                new RedisConfig(new Secret("redis://127.0.0.1:1"), Duration.ofSeconds(60), 0),
                new ListenerConfig(new HostPort("127.0.0.1", 0)),
                new WriterConfig(
                        new HostPort("127.0.0.1", 0),
                        WriterConfig.OnAttach.KEEP,
                        Duration.ofSeconds(30),
                        Optional.empty()),
                caches);
    }
}
