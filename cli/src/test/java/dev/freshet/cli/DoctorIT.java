package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.check.TestDatabase;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults are planted, what {@code doctor} prints is read as text, and each mend is run as it is printed. */
class DoctorIT {

    private static final Pattern MEND =
            Pattern.compile("  (sql|freshet\\.yml|redis-cli|kafka|by hand|parameter) {2,}(\\S.*)");

    private static final String TABLES = """
            CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint, title text);
            CREATE TABLE events (id bigint, kind text);
            CREATE UNLOGGED TABLE sessions (id bigint PRIMARY KEY, data text);
            CREATE TABLE articles (id bigint PRIMARY KEY, title text, body text);
            INSERT INTO articles SELECT 1, 'long', string_agg(md5(i::text), '') FROM generate_series(1, 1000) i;
            CREATE TABLE customers (id bigint PRIMARY KEY, name text);
            CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
            CREATE VIEW named_orders AS SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id;
            CREATE TABLE readings (id bigint PRIMARY KEY, value int) PARTITION BY RANGE (id);
            CREATE TABLE readings_1 PARTITION OF readings FOR VALUES FROM (0) TO (1000);
            """;

    private static final String FILE = """
            pipeline: %1$s
            postgres:
              url: %2$s
              user: %1$s
              password: secret
            kafka:
              bootstrap-servers: %3$s
              topics:
                partitions: 1
                replication: 3
            redis:
              url: %4$s
            caches:
              author-books: { table: public.books, key: "author:{author_id}:books" }
              event: { table: public.events, key: "event:{id}" }
              session: { table: public.sessions, key: "session:{id}" }
              reading: { table: public.readings, key: "reading:{id}" }
              article: { table: public.articles, key: "article:{id}", on-change: refresh, value: { columns: [id, body] } }
              order: { table: public.orders, key: "order:{id}", on-change: refresh, query: "SELECT name FROM named_orders WHERE id = :id" }
            """;

    private static final List<String> PLANTED = List.of(
            "wal_level is replica",
            "may not replicate",
            "'public.events' has no replica identity",
            "'public.sessions' is unlogged",
            "needs the old value of author_id",
            "leaves out operations, or publishes partitions under their own names",
            "lacks 'public.events', 'public.sessions'",
            "max_slot_wal_keep_size is unbounded",
            "synchronous_commit is off for database",
            "may not read 'public.books'",
            "holds TOASTed values, and the cache needs body",
            "reads 'public.customers'",
            "asks for 3 copies, but the cluster has 1 broker",
            "public.books is compacted",
            "public.orders keeps records for 60 min, less than 24 h",
            "lets a broker lead that has missed changes",
            "maxmemory-policy is volatile-lru",
            "user 'pipeline' may not run ");

    private static final List<String> ADVICE =
            List.of("does not see what other sessions do", "the cluster is a single broker");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void everyPlantedFaultIsNamedEachMendIsRunAsPrintedAndTheSecondRunIsClean() throws Exception {
        try (EmbeddedStack stack = EmbeddedStack.builder()
                        .postgres(Map.of("wal_level", "replica", "fsync", "on"))
                        .redis(Stream.of("--maxmemory 64mb --maxmemory-policy volatile-lru --user pipeline on >pw"
                                        + " ~order:* +info +time +evalsha +script|load +unlink +scan")
                                .flatMap(line -> Stream.of(line.split(" ")))
                                .toList())
                        .start();
                TestDatabase database = TestDatabase.create(stack.postgres())) {
            String name = database.name();
            database.run(
                    TABLES,
                    "ALTER ROLE " + name + " NOREPLICATION",
                    "GRANT SELECT ON events, sessions, articles, customers, orders, named_orders, readings TO " + name,
                    "CREATE PUBLICATION " + name + " FOR TABLE books, readings, articles, orders"
                            + " WITH (publish = 'insert, update')",
                    "ALTER DATABASE " + name + " SET synchronous_commit = 'off'");
            topic(name + ".public.books", "cleanup.policy", "compact");
            topic(name + ".public.orders", "retention.ms", "3600000");
            topic(name + ".public.articles", "unclean.leader.election.enable", "true");
            Path file = CommandRun.file(
                    directory,
                    FILE.formatted(
                            name,
                            stack.postgres().jdbcUrl(name),
                            EmbeddedStack.shared().kafka().bootstrapServers(),
                            stack.redis().url().replace("redis://", "redis://pipeline:pw@")));

            CommandRun first = doctor(file);

            assertThat(first.code()).as(first.out() + first.err()).isEqualTo(2);
            List<String> named = what(first.out());
            PLANTED.forEach(fault -> assertThat(named)
                    .as(fault)
                    .filteredOn(text -> text.contains(fault))
                    .hasSize(1));
            ADVICE.forEach(text -> assertThat(named).anyMatch(what -> what.contains(text)));
            assertThat(named).as("and nothing else").hasSize(PLANTED.size() + ADVICE.size());
            assertThat(first.out()).doesNotContain("secret", ":pw");
            assertThat(database.ask("SELECT count(*) FROM pg_replication_slots"))
                    .as("only looked")
                    .isEqualTo("0");
            assertThat(database.ask("SELECT NOT pubtruncate AND NOT pubviaroot FROM pg_publication"))
                    .isEqualTo("t");

            List<String> mends =
                    first.out().lines().filter(MEND.asMatchPredicate()).toList();
            assertThat(mends).hasSizeGreaterThan(PLANTED.size());
            for (String mend : mends) {
                run(mend, file, stack, database);
            }
            await().until(() -> !database.ask("SHOW max_slot_wal_keep_size").equals("-1"));
            CommandRun second = doctor(file);

            assertThat(second.code()).as(second.out() + second.err()).isZero();
            assertThat(what(second.out())).singleElement().asString().contains("the cluster is a single broker");
            assertThat(second.out()).contains("0 errors, 0 warnings, 1 advice");
            whatIsCleanWorksAndStaysClean(file);
        }
    }

    private static void whatIsCleanWorksAndStaysClean(Path file) throws InterruptedException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try (Pipeline pipeline =
                Pipeline.start(ConfigFile.parse(file, Map.of()).config(), Pipeline.Stages.BOTH, nowhere)) {
            assertThat(pipeline.awaitReady(Duration.ofSeconds(60))).isTrue();

            CommandRun third = doctor(file);

            assertThat(third.code()).as(third.out() + third.err()).isZero();
            assertThat(third.out()).contains(", in use").doesNotContain("could not look");
        }
    }

    private static List<String> what(String out) {
        return out.lines()
                .filter(line -> line.startsWith("  what "))
                .map(String::strip)
                .toList();
    }

    private static CommandRun doctor(Path file) {
        return CommandRun.of(Map.of(), "doctor", "--config", file.toString());
    }

    private static void topic(String name, String setting, String value) throws Exception {
        try (Admin admin = kafka()) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(Map.of(setting, value))))
                    .all()
                    .get();
        }
    }

    private static Admin kafka() {
        return Admin.create(
                Map.of("bootstrap.servers", EmbeddedStack.shared().kafka().bootstrapServers()));
    }

    private static void run(String line, Path file, EmbeddedStack stack, TestDatabase database) throws Exception {
        Matcher mend = MEND.matcher(line);
        assertThat(mend.matches()).as(line).isTrue();
        String text = mend.group(2);
        switch (mend.group(1)) {
            case "sql" -> database.run(text);
            case "freshet.yml" -> {
                int colon = text.indexOf(": ");
                String yaml = Files.readString(file);
                List<String> path = List.of(text.substring(0, colon).split("\\."));
                Files.writeString(file, set(yaml, path, text.substring(colon + 2)));
            }
            case "redis-cli" -> redis(stack.redis().url(), text.split(" "));
            case "kafka" -> kafka(text);
            case "by hand" -> {
                assertThat(text).isEqualTo("restart PostgreSQL");
                PostgresServer server = stack.postgres();
                server.stop();
                server.start();
            }
            default -> throw new IllegalStateException(line);
        }
    }

    /** As {@code kafka-configs.sh} does it. */
    private static void kafka(String line) throws Exception {
        Matcher command = Pattern.compile("kafka-configs\\.sh --bootstrap-server (\\S+) --alter --entity-type topics"
                        + " --entity-name (\\S+) --add-config ([^=]+)=(\\S+)")
                .matcher(line);
        assertThat(command.matches()).as(line).isTrue();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", command.group(1)))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, command.group(2)),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry(command.group(3), command.group(4)), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private static void redis(String url, String... words) {
        RedisClient client = RedisClient.create(url);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
            Stream.of(words).skip(1).forEach(arguments::add);
            connection.sync().dispatch(new Keyword(words[0]), new ArrayOutput<>(StringCodec.UTF8), arguments);
        } finally {
            client.shutdown();
        }
    }

    private record Keyword(String word) implements ProtocolKeyword {
        @Override
        public byte[] getBytes() {
            return word.getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Sets what a path names in a file of nested blocks, two spaces each. */
    private static String set(String yaml, List<String> path, String value) throws IOException {
        List<String> lines = new ArrayList<>(yaml.lines().toList());
        int at = -1;
        for (int depth = 0; depth < path.size(); depth++) {
            String begin = "  ".repeat(depth) + path.get(depth) + ":";
            int found = at + 1;
            while (found < lines.size()
                    && !lines.get(found).startsWith(begin)
                    && lines.get(found).startsWith("  ".repeat(depth))) {
                found++;
            }
            if (found == lines.size() || !lines.get(found).startsWith(begin)) {
                lines.add(at + 1, begin);
                found = at + 1;
            }
            at = found;
        }
        lines.set(at, "  ".repeat(path.size() - 1) + path.get(path.size() - 1) + ": " + value);
        return String.join("\n", lines) + "\n";
    }

    @Test
    void aManagedServerIsToldInItsOwnWords() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(
                    "CREATE TABLE books (id bigint PRIMARY KEY)",
                    "GRANT SELECT ON books TO " + database.name(),
                    "ALTER ROLE " + database.name() + " NOREPLICATION",
                    "ALTER DATABASE " + database.name() + " SET rds.logical_replication = 'off'");
            Path file = CommandRun.file(directory, database.yaml("b: { table: public.books, key: \"b:{id}\" }\n"));

            CommandRun run = doctor(file);

            assertThat(run.code()).as(run.out()).isEqualTo(1);
            assertThat(run.out())
                    .contains("rds.logical_replication is off on this Amazon RDS")
                    .contains(
                            "rds.logical_replication = 1   (in the DB parameter group of the instance or cluster; then reboot it)")
                    .contains("GRANT rds_replication TO \"" + database.name() + "\";")
                    .contains("max_slot_wal_keep_size = 20480   (in the DB parameter group")
                    .doesNotContain("ALTER SYSTEM");
        }
    }

    @Test
    void aSuperuserIsAdvisedAgainstAndTheMendLeavesNothingToBeGranted() {
        try (TestDatabase database = TestDatabase.create()) {
            String name = database.name();
            database.run("CREATE TABLE books (id bigint PRIMARY KEY)", "ALTER ROLE " + name + " SUPERUSER");
            Path file = CommandRun.file(directory, database.yaml("b: { table: public.books, key: \"b:{id}\" }\n"));

            CommandRun first = doctor(file);
            List<String> finding = first.out()
                    .lines()
                    .dropWhile(line -> !line.contains("is a superuser"))
                    .takeWhile(line -> !line.isEmpty())
                    .toList();
            finding.stream().map(MEND::matcher).filter(Matcher::matches).forEach(mend -> database.run(mend.group(2)));
            CommandRun second = doctor(file);

            assertThat(finding).as(first.out()).hasSizeGreaterThan(3);
            assertThat(second.out()).doesNotContain("superuser", "may not replicate", "may not read", "publication");
        }
    }

    @Test
    void whatAnswersIsLookedAtThoughTheOthersAreAway() throws Exception {
        Path file = CommandRun.file(directory, """
                pipeline: away
                postgres: { url: "jdbc:postgresql://127.0.0.1:1/shop", user: me }
                kafka: { bootstrap-servers: "%s", topics: { replication: 1 } }
                redis: { url: "%s" }
                caches: { b: { table: public.books, key: "b:{id}" } }
                """.formatted(
                        EmbeddedStack.shared().kafka().bootstrapServers(),
                        EmbeddedStack.shared().redis().url()));

        CommandRun text = doctor(file);
        CommandRun json = CommandRun.of(Map.of(), "doctor", "--json", "--config", file.toString());

        assertThat(text.code()).as(text.out()).isEqualTo(3);
        assertThat(text.out()).contains("PostgreSQL cannot be reached", "a single broker", "maxmemory is 0");
        JsonNode report = new ObjectMapper().readTree(json.out());
        assertThat(json.code()).isEqualTo(3);
        assertThat(report.path("exitCode").asInt()).isEqualTo(3);
        assertThat(report.path("findings").findValuesAsText("severity")).containsExactly("error", "advice", "advice");
        assertThat(report.path("findings").findValuesAsText("why")).doesNotContain("");
    }

    @Test
    void aFileThatCannotBeUsedOutranksAServerThatIsAway() {
        CommandRun run = doctor(CommandRun.file(directory, "pipeline: Shop\n"));

        assertThat(run.code()).isEqualTo(2);
    }
}
