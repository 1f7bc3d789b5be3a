package dev.freshet.system.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisView;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher's {@code setup}, {@code run} and {@code teardown} against servers that it did not start, without a Kafka,
 * for a schema of names and types that are hard on keys.
 */
class AttachIT {

    private static final String DATABASE = "attach";
    private static final Duration BUILD_AND_START = Duration.ofMinutes(6);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String ANNA = "0b7a3c1e-9d4f-4a56-8f00-00000000000a";
    private static final String BORIS = "ffffffff-9d4f-4a56-8f00-00000000000b";

    private static final List<String> SCHEMA = List.of(
            "CREATE SCHEMA \"Ünï Shop\"",
            "CREATE SCHEMA events",
            "CREATE TYPE \"Ünï Shop\".\"Line State\" AS ENUM ('new', 'On Hold', 'sent: back')",
            """
            CREATE TABLE "Ünï Shop"."Order Lines.v2" (
              "Line Id" bigint, "Customer Id" uuid, "State" "Ünï Shop"."Line State", "is open" boolean,
              "due.on" date, "At" timestamp(3), "at zone" timestamptz, price numeric(12,4) NOT NULL,
              total numeric GENERATED ALWAYS AS (price * 2) STORED, "Note" text, "note's note" varchar(20),
              PRIMARY KEY ("Line Id", "Customer Id"))""",
            "ALTER TABLE \"Ünï Shop\".\"Order Lines.v2\" REPLICA IDENTITY FULL",
            "CREATE TABLE events.\"Log\" (id int, region text, msg text, PRIMARY KEY (id, region))"
                    + " PARTITION BY LIST (region)",
            "CREATE TABLE events.\"Log eu\" PARTITION OF events.\"Log\" FOR VALUES IN ('eu', 'eu: west')",
            "CREATE TABLE events.\"Log.rest\" PARTITION OF events.\"Log\" DEFAULT",
            "ALTER TABLE events.\"Log\" REPLICA IDENTITY FULL",
            "ALTER TABLE events.\"Log eu\" REPLICA IDENTITY FULL",
            "ALTER TABLE events.\"Log.rest\" REPLICA IDENTITY FULL",
            "CREATE TABLE events.bare (v text)",
            "ALTER TABLE events.bare REPLICA IDENTITY FULL",
            "CREATE TABLE \"select\" (id smallint PRIMARY KEY, \"from\" text)",
            "CREATE TABLE beat (id int PRIMARY KEY)",
            "CREATE TABLE unmapped (id int PRIMARY KEY)",
            "INSERT INTO unmapped VALUES (1)");

    private static final String CACHES = """
            caches:
              line: { table: "Ünï Shop.Order Lines.v2", key: "line:{Line Id}:{Customer Id}" }
              customer: { table: "Ünï Shop.Order Lines.v2", key: "customer:{Customer Id}:lines" }
              state: { table: "Ünï Shop.Order Lines.v2", key: "state:{State}:{is open}" }
              due: { table: "Ünï Shop.Order Lines.v2", key: "due:{due.on}" }
              local: { table: "Ünï Shop.Order Lines.v2", key: "at:{At}" }
              zoned: { table: "Ünï Shop.Order Lines.v2", key: "zoned:{at zone}" }
              price: { table: "Ünï Shop.Order Lines.v2", key: "price:{price}" }
              total: { table: "Ünï Shop.Order Lines.v2", key: "total:{total}" }
              notes: { table: "Ünï Shop.Order Lines.v2", key: "note:{Note}/{note's note}" }
              log: { table: events.Log, key: "log:{id}" }
              region: { table: events.Log, key: "region:{region}:log" }
              bare: { table: events.bare, key: "bare:{v}" }
              select: { table: public.select, key: "select:{id}" }
              beat: { table: public.beat, key: "beat:{id}" }
            """;

    /** What is done, and which keys that must take; all others stay. */
    private static Map<String, Set<String>> steps() {
        Map<String, Set<String>> steps = new LinkedHashMap<>();
        steps.put(
                insertLine("1, '" + ANNA + "', 'On Hold', true, '2024-02-29', '2024-02-29 23:59:59.5',"
                        + " '2024-03-31 02:30:00+02', 12.5, 'a: b', 'ü'"),
                Set.of(
                        "line:1:" + ANNA,
                        "customer:" + ANNA + ":lines",
                        "state:On Hold:true",
                        "due:2024-02-29",
                        "at:2024-02-29 23:59:59.5",
                        "zoned:2024-03-31 00:30:00+00",
                        "price:12.5000",
                        "total:25.0000",
                        "note:a: b/ü"));
        steps.put(
                insertLine("2, '" + ANNA + "', NULL, true, NULL, NULL, NULL, 0, 'only one', NULL"),
                Set.of("line:2:" + ANNA, "customer:" + ANNA + ":lines", "price:0.0000", "total:0.0000"));
        steps.put(
                updateLine("price = 0.0001", 1),
                Set.of(
                        "line:1:" + ANNA,
                        "customer:" + ANNA + ":lines",
                        "state:On Hold:true",
                        "due:2024-02-29",
                        "at:2024-02-29 23:59:59.5",
                        "zoned:2024-03-31 00:30:00+00",
                        "price:12.5000",
                        "price:0.0001",
                        "total:25.0000",
                        "total:0.0002",
                        "note:a: b/ü"));
        steps.put(
                updateLine(
                        "\"State\" = 'sent: back', \"is open\" = false, \"due.on\" = '0044-03-15 BC', \"note's note\" = ''",
                        2),
                Set.of(
                        "line:2:" + ANNA,
                        "customer:" + ANNA + ":lines",
                        "state:sent: back:false",
                        "due:0044-03-15 BC",
                        "price:0.0000",
                        "total:0.0000",
                        "note:only one/"));
        steps.put(
                updateLine("\"Customer Id\" = '" + BORIS + "', \"Line Id\" = -9223372036854775808", 2),
                Set.of(
                        "line:2:" + ANNA,
                        "line:-9223372036854775808:" + BORIS,
                        "customer:" + ANNA + ":lines",
                        "customer:" + BORIS + ":lines",
                        "state:sent: back:false",
                        "due:0044-03-15 BC",
                        "price:0.0000",
                        "total:0.0000",
                        "note:only one/"));
        steps.put("INSERT INTO events.\"Log\" VALUES (7, 'eu', 'x')", Set.of("log:7", "region:eu:log"));
        steps.put(
                "UPDATE events.\"Log\" SET region = 'eu: west'",
                Set.of("log:7", "region:eu:log", "region:eu: west:log"));
        steps.put(
                "UPDATE events.\"Log\" SET region = 'us', msg = 'moved'",
                Set.of("log:7", "region:eu: west:log", "region:us:log"));
        steps.put("UPDATE events.\"Log.rest\" SET id = 8", Set.of("log:7", "log:8", "region:us:log"));
        steps.put("INSERT INTO events.bare VALUES ('one'), (NULL), ('*')", Set.of("bare:one", "bare:*"));
        steps.put("UPDATE events.bare SET v = 'two' WHERE v = 'one'", Set.of("bare:one", "bare:two"));
        steps.put("DELETE FROM events.bare", Set.of("bare:two", "bare:*"));
        steps.put("INSERT INTO \"select\" VALUES (-32768, 'from')", Set.of("select:-32768"));
        steps.put("UPDATE \"select\" SET \"from\" = 'to'", Set.of("select:-32768"));
        steps.put("UPDATE \"select\" SET id = 0", Set.of("select:-32768", "select:0"));
        steps.put("DELETE FROM \"select\"", Set.of("select:0"));
        steps.put("UPDATE unmapped SET id = 2", Set.of());
        steps.put(
                "DELETE FROM \"Ünï Shop\".\"Order Lines.v2\" WHERE price = 0",
                Set.of(
                        "line:-9223372036854775808:" + BORIS,
                        "customer:" + BORIS + ":lines",
                        "state:sent: back:false",
                        "due:0044-03-15 BC",
                        "price:0.0000",
                        "total:0.0000",
                        "note:only one/"));
        steps.put(
                "TRUNCATE events.\"Log\"",
                Set.of("log:7", "log:8", "region:us:log", "region:eu:log", "region:eu: west:log"));
        return steps;
    }

    private static final Set<String> DECOYS = Set.of(
            "line:1:" + BORIS,
            "line:1",
            "state:on hold:true",
            "state:On Hold:t",
            "state:null:true",
            "due:2024-02-29 00:00:00",
            "at:2024-02-29 23:59:59.500",
            "zoned:2024-03-31 02:30:00+02",
            "price:12.5",
            "total:25",
            "note:only one/null",
            "log:eu",
            "log:x",
            "region:eu",
            "bare:",
            "bare:null",
            "select:1",
            "unmapped:1",
            "unmapped:2",
            "Line:1:" + ANNA);

    private static String insertLine(String values) {
        return "INSERT INTO \"Ünï Shop\".\"Order Lines.v2\" (\"Line Id\", \"Customer Id\", \"State\", \"is open\","
                + " \"due.on\", \"At\", \"at zone\", price, \"Note\", \"note's note\") VALUES (" + values + ")";
    }

    private static String updateLine(String set, int id) {
        return "UPDATE \"Ünï Shop\".\"Order Lines.v2\" SET " + set + " WHERE \"Line Id\" = " + id;
    }

    @Test
    void theRightKeysGoAndTheSourceIsLeftAsItWas(@TempDir Path directory) throws SQLException {
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        try (Connection admin = connect(postgres, "postgres")) {
            execute(admin, "CREATE DATABASE " + DATABASE);
        }
        try (Connection source = connect(postgres, DATABASE);
                RedisView redis = new RedisView(EmbeddedStack.shared().redis().url(), Set.of())) {
            for (String sql : SCHEMA) {
                execute(source, sql);
            }
            redis.commands().flushall();
            Set<String> before = objects(source);
            String config = ConfigText.write(directory, config(postgres), environment(directory))
                    .toString();
            String admin = postgres.jdbcUrl(DATABASE) + "?user=" + postgres.user() + "&password=" + postgres.password();

            assertThat(command(directory, admin, "setup", "--config", config)).isZero();
            assertThat(objects(source)).isEqualTo(before);

            try (Freshet run = Freshet.throughLauncher(directory, environment(directory), "run", "--config", config)) {
                run.awaitReady(BUILD_AND_START);
                assertThat(run.output())
                        .as("standard output is for addresses")
                        .allMatch(line -> line.equals("ready") || line.matches("[a-z-]+\t[^\t ]+"));
                playTold(source, redis, run);
                assertThat(run.terminate(PATIENCE))
                        .as("exit code after SIGTERM")
                        .isZero();
                assertThat(run.process().descendants()).isEmpty();
            }
            assertThat(objects(source)).isEqualTo(before);
            assertThat(made(source)).containsExactly("publication " + DATABASE, "role " + DATABASE, "slot " + DATABASE);

            assertThat(command(directory, admin, "teardown", "--config", config))
                    .isZero();
            assertThat(made(source)).isEmpty();
            assertThat(objects(source)).isEqualTo(before);
        } finally {
            cleanUp(postgres);
        }
    }

    private static void playTold(Connection source, RedisView redis, Freshet run) throws SQLException {
        try {
            play(source, redis);
        } catch (AssertionError | ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + run.lastWords(), e);
        }
    }

    private static void play(Connection source, RedisView redis) throws SQLException {
        Map<String, Set<String>> steps = steps();
        Set<String> all = new TreeSet<>(DECOYS);
        steps.values().forEach(all::addAll);
        int beat = 0;
        for (Map.Entry<String, Set<String>> step : steps.entrySet()) {
            beat++;
            Set<String> filled = new TreeSet<>(all);
            filled.add("beat:" + beat);
            redis.fill(filled.stream().map(Entry::ofKey).toList(), "value");
            execute(source, step.getKey());
            execute(source, "INSERT INTO beat VALUES (" + beat + ")");

            Set<String> expected = new TreeSet<>(step.getValue());
            expected.add("beat:" + beat);
            try {
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> gone(filled, redis).containsAll(expected));
            } catch (ConditionTimeoutException e) {
                assertThat(gone(filled, redis)).as(step.getKey()).isEqualTo(expected);
            }
            assertThat(gone(filled, redis)).as(step.getKey()).isEqualTo(expected);
        }
        // What was wrong and slow shows here. Once more the truncated table's entries may go: its file is another one.
        await().atMost(PATIENCE).until(() -> stands(all, redis));
    }

    /** Whether all of it stands for three seconds once it was filled. */
    private static boolean stands(Set<String> all, RedisView redis) {
        redis.fill(all.stream().map(Entry::ofKey).toList(), "value");
        try {
            await().during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(4))
                    .failFast(() -> !gone(all, redis).isEmpty())
                    .until(() -> true);
            return true;
        } catch (TerminalFailureException | ConditionTimeoutException e) {
            assertThat(gone(all, redis)).allMatch(key -> key.startsWith("log:") || key.endsWith(":log"));
            return false;
        }
    }

    private static Set<String> gone(Set<String> filled, RedisView redis) {
        Set<String> gone = new TreeSet<>(filled);
        redis.entries().forEach(entry -> gone.remove(entry.key()));
        return gone;
    }

    private static int command(Path directory, String admin, String... arguments) {
        Map<String, String> environment = new LinkedHashMap<>(environment(directory));
        environment.put("FRESHET_ADMIN_URL", admin);
        try (Freshet command = Freshet.throughLauncher(directory, environment, arguments)) {
            int exit = command.exitCode(BUILD_AND_START);
            if (exit != 0) {
                System.out.println(String.join(" ", arguments) + command.lastWords());
            }
            return exit;
        }
    }

    private static Map<String, String> environment(Path directory) {
        // Without a kafka: section the broker's files go to the home directory.
        return Map.of("HOME", directory.toString(), "ATTACH_PASSWORD", "s3cret: {with} $igns");
    }

    private static String config(PostgresServer postgres) {
        return "pipeline: " + DATABASE + "\n"
                + "postgres:\n"
                + "  url: " + postgres.jdbcUrl(DATABASE) + "\n"
                + "  user: " + DATABASE + "\n"
                + "  password: ${ATTACH_PASSWORD}\n"
                + "redis:\n"
                + "  url: " + EmbeddedStack.shared().redis().url() + "\n"
                // Ports of their own: somebody else may be testing on this machine.
                + "listener: { http: \"127.0.0.1:0\" }\n"
                + "writer: { http: \"127.0.0.1:0\" }\n"
                + CACHES;
    }

    /** Everything in the database that the product must leave alone. */
    private static Set<String> objects(Connection source) throws SQLException {
        return rows(source, """
                SELECT 'relation ' || oid::regclass::text || ' ' || relkind::text || ' ' || relreplident::text || ' ' || relnatts::text
                  || ' triggers: ' || relhastriggers::text FROM pg_class WHERE oid > 16383 AND relkind <> 't'
                  AND relnamespace <> 'pg_toast'::regnamespace
                UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_'
                UNION ALL SELECT 'function ' || oid::regprocedure::text FROM pg_proc WHERE oid > 16383
                UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
                UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
                UNION ALL SELECT 'extension ' || extname FROM pg_extension
                UNION ALL SELECT 'large object ' || oid::text FROM pg_largeobject_metadata""");
    }

    /** What setup makes. */
    private static Set<String> made(Connection source) throws SQLException {
        return rows(
                source,
                "SELECT 'slot ' || slot_name FROM pg_replication_slots WHERE database = current_database()"
                        + " UNION ALL SELECT 'publication ' || pubname FROM pg_publication"
                        + " UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname = '" + DATABASE + "'");
    }

    private static Set<String> rows(Connection source, String query) throws SQLException {
        Set<String> rows = new TreeSet<>();
        try (Statement statement = source.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        return rows;
    }

    private static void cleanUp(PostgresServer postgres) throws SQLException {
        List<String> sql = new ArrayList<>(List.of(
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active;"
                        + " SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                        + DATABASE
                        + "'",
                "DROP DATABASE " + DATABASE + " WITH (FORCE)",
                "DROP ROLE IF EXISTS " + DATABASE));
        try (Connection admin = connect(postgres, "postgres")) {
            for (String statement : sql) {
                execute(admin, statement);
            }
        }
    }

    private static Connection connect(PostgresServer postgres, String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
