package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.cli.check.TestDatabase;
import dev.freshet.model.config.ConfigException;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The mend commands beside a pipeline that works. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MendIT {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int ROWS = 300;
    private static final int ROUNDS = Integer.getInteger("freshet.warm.rounds", 2);
    private static final long SEED = Long.getLong("freshet.seed", System.nanoTime());

    /** Some rows of every type that a value may hold, and their odd values. */
    private static final String THINGS = """
            CREATE TYPE mood AS ENUM ('fine', 'so so');
            CREATE TABLE things (id bigint PRIMARY KEY, small int2, num numeric(10,2), wide numeric, f4 float4, f8 float8,
              yes bool, word text, fixed char(5), var varchar(9), uid uuid, day date, hour time, stamp timestamp,
              zoned timestamptz, raw bytea, addr inet, net cidr, mac macaddr, doc json, docb jsonb, how mood,
              twice int GENERATED ALWAYS AS (small * 2) STORED);
            ALTER TABLE things REPLICA IDENTITY FULL""";

    private static final String FILL_THINGS = """
            INSERT INTO things VALUES
            (1, 7, 1.50, 100, 1.1, 1e22, true, E'a "b" \\\\ \\n ü 𝄞', 'ab', 'var', '0e37df36-f698-11e6-8dd4-cb9ced3df976',
             '2020-02-29', '01:02:03.4', '2020-01-02 03:04:05.678', '2020-01-02 03:04:05+02', '\\xdeadbeef', '10.0.0.1',
             '10.0.0.0/8', '08:00:2b:01:02:03', '{"b": 1,  "a": [1.0]}', '{"b": 1, "a": [1.0]}', 'so so'),
            (2, -1, -0.01, 0.000000001, -0.0, 'NaN', false, '', '', '', '00000000-0000-0000-0000-000000000000',
             '0044-03-15 BC', '24:00:00', '1969-12-31 23:59:59.999999', '2020-07-01 00:00+00', '', '::1', '::/0',
             'ff:ff:ff:ff:ff:ff', 'null', '"x"', 'fine'),
            (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
             NULL, NULL, NULL, NULL)""";

    private static final String COLUMNS = "id, small, num, wide, f4, f8, yes, word, fixed, var, uid, day, hour, stamp,"
            + " zoned, raw, addr, net, mac, doc, docb, how, twice";

    private final TestDatabase database = TestDatabase.create();
    private final RedisClient client =
            RedisClient.create(EmbeddedStack.shared().redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final String file;
    private final Pipeline pipeline;

    MendIT() throws IOException, ConfigException, InterruptedException {
        database.run(THINGS, "CREATE TABLE counts (id int PRIMARY KEY, n int)");
        database.run(
                "ALTER TABLE things OWNER TO " + database.name(),
                "ALTER TABLE counts OWNER TO " + database.name(),
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + database.name(),
                "INSERT INTO counts SELECT i, 0 FROM generate_series(1, " + ROWS + ") i");
        String yaml = database.yaml("""
                        thing: { table: public.things, key: "thing:{id}", on-change: refresh, value: { format: json, columns: [%1$s] } }
                        hash: { table: public.things, key: "hash:{id}", on-change: refresh, value: { format: hash, columns: [%1$s] } }
                        count: { table: public.counts, key: "count:{id}", on-change: refresh, ttl: 1h, value: { format: json, columns: [id, n] } }
                        query: { table: public.counts, key: "query:{id}", on-change: refresh, query: "select id, n from counts where id = :id" }
                        field: { table: public.counts, key: "counts", field: "{id}", on-change: refresh, value: { format: json, columns: [n] } }
                        plain: { table: public.counts, key: "plain:{id}" }
                        """.formatted(COLUMNS))
                .replace("redis://localhost:1", EmbeddedStack.shared().redis().url());
        file = CommandRun.file(
                        Files.createTempDirectory("freshet-mend"),
                        yaml + "kafka: { bootstrap-servers: \""
                                + EmbeddedStack.shared().kafka().bootstrapServers()
                                + "\", topics: { partitions: 2, replication: 1 } }\n"
                                + "listener: { http: \"127.0.0.1:0\" }\n"
                                + "writer: { http: \"127.0.0.1:0\", fence-window: 4s }\n")
                .toString();
        pipeline = Pipeline.start(
                ConfigFile.parse(Path.of(file), Map.of()).config(),
                Pipeline.Stages.BOTH,
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        assertThat(pipeline.awaitReady(LONG)).isTrue();
    }

    @AfterAll
    void close() {
        pipeline.close();
        client.shutdown();
        database.close();
    }

    private CommandRun command(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(name, "--config", file));
        all.addAll(List.of(arguments));
        return CommandRun.of(Map.of(), all.toArray(String[]::new));
    }

    private void clear(String glob) {
        redis.keys(glob).forEach(redis::unlink);
    }

    private Map<String, Object> values(String glob) {
        Map<String, Object> values = new TreeMap<>();
        redis.keys(glob)
                .forEach(key -> values.put(key, redis.type(key).equals("hash") ? redis.hgetall(key) : redis.get(key)));
        return values;
    }

    /** Waits until the writer has applied one more change, and so Kafka holds all before it. */
    private void settle() {
        redis.set("plain:-1", "x");
        database.run("INSERT INTO counts VALUES (-1, 0)", "DELETE FROM counts WHERE id = -1");
        await().atMost(LONG).until(() -> redis.exists("plain:-1") == 0);
        await().atMost(LONG).until(() -> redis.exists("count:-1", "query:-1") == 0);
    }

    @Test
    void warmStoresByteForByteWhatTheWriterStores() {
        database.run(FILL_THINGS);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(redis.keys("thing:*").size()
                                + redis.keys("hash:*").size())
                        .isEqualTo(6));
        Map<String, Object> stored = values("thing:*");
        stored.putAll(values("hash:*"));
        clear("thing:*");
        clear("hash:*");

        CommandRun json = command("warm", "--cache", "thing");
        CommandRun hash = command("warm", "--cache", "hash");

        assertThat(json.code()).as(json.err()).isZero();
        assertThat(hash.code()).as(hash.err()).isZero();
        assertThat(json.out()).startsWith("warmed\tthing\t3 rows\t3 stored\t0 already there\t0 refused\t");
        Map<String, Object> warmed = values("thing:*");
        warmed.putAll(values("hash:*"));
        assertThat(warmed).isEqualTo(stored);
    }

    @Test
    void whatWarmLeavesBesideChangesIsNeverStale() throws Exception {
        ScheduledExecutorService changer = Executors.newSingleThreadScheduledExecutor();
        try (Connection connection = DriverManager.getConnection(
                        database.server().jdbcUrl(database.name()),
                        database.server().user(),
                        database.server().password());
                PreparedStatement update = connection.prepareStatement("UPDATE counts SET n = n + 1 WHERE id = ?")) {
            for (int round = 0; round < ROUNDS; round++) {
                long seed = SEED + round;
                Random random = new Random(seed);
                AtomicInteger changes = new AtomicInteger();
                clear("count:*");
                clear("query:*");
                var changing = changer.scheduleAtFixedRate(
                        () -> changes.addAndGet(change(update, random)), 0, 3, TimeUnit.MILLISECONDS);

                CommandRun count = command("warm", "--cache", "count");
                CommandRun query = command("warm", "--cache", "query");

                assertThat(changing.isDone()).isFalse();
                changing.cancel(false);
                changer.submit(() -> {}).get();
                assertThat(changes).hasPositiveValue();
                assertThat(count.code()).as(count.err()).isZero();
                assertThat(query.code()).as(query.err()).isZero();
                settle();
                await().atMost(LONG).untilAsserted(() -> {
                    Map<String, Object> held = values("count:*");
                    held.putAll(values("query:*"));
                    assertThat(held).as("seed %d", seed).hasSizeGreaterThan(ROWS);
                    Map<String, String> rows = rows();
                    held.forEach((key, value) -> assertThat(value)
                            .as("%s, seed %d", key, seed)
                            .isEqualTo(rows.get(key.substring(key.indexOf(':') + 1))));
                });
            }
        } finally {
            changer.shutdownNow();
        }
    }

    private static int change(PreparedStatement update, Random random) {
        try {
            update.setInt(1, 1 + random.nextInt(ROWS));
            return update.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What should be held, by id. */
    private Map<String, String> rows() {
        Map<String, String> rows = new TreeMap<>();
        database.ask("SELECT string_agg(id || ' {\"id\":' || id || ',\"n\":' || n || '}', ';') FROM counts")
                .lines()
                .flatMap(all -> List.of(all.split(";")).stream())
                .forEach(row -> rows.put(row.substring(0, row.indexOf(' ')), row.substring(row.indexOf(' ') + 1)));
        return rows;
    }

    @Test
    void aWarmThatWasKilledIsGoneOnWith() throws Exception {
        clear("count:*");
        try (FreshetProcess killed =
                FreshetProcess.start("warm", "--config", file, "--cache", "count", "--rate", "100")) {
            await().atMost(LONG).until(() -> redis.keys("count:*").size() >= 50 || !killed.alive());
        }
        await().atMost(LONG).until(() -> redis.keys("freshet:lease:*count:*").isEmpty());
        int before = redis.keys("count:*").size();
        assertThat(before).isBetween(50, ROWS - 1);

        CommandRun resumed = command("warm", "--cache", "count", "--resume");

        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(redis.keys("count:*")).hasSize(ROWS);
        assertThat(resumed.out()).contains("\t" + (ROWS - before) + " stored\t");
        int rows = Integer.parseInt(resumed.out().replaceAll("(?s)warmed\tcount\t(\\d+) rows.*", "$1"));
        assertThat(rows).as("the page at hand is read again, no other").isBetween(ROWS - before, ROWS - before + 25);
        assertThat(command("warm", "--cache", "count", "--resume").out())
                .as("nothing is left to go on with")
                .startsWith("warmed\tcount\t" + ROWS + " rows\t0 stored\t" + ROWS + " already there");
    }

    @Test
    void warmLeavesOutWhatItCannotFill() {
        CommandRun all = command("warm", "--cache", "field");
        CommandRun plain = command("warm", "--cache", "plain");
        CommandRun none = command("warm", "--cache", "quary");

        assertThat(all.code()).isEqualTo(1);
        assertThat(all.err()).contains("field is left out: its entries are fields of a hash");
        assertThat(plain.code()).isEqualTo(2);
        assertThat(plain.err()).contains("'plain' is not refreshed").contains("thing, hash, count, query, field");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("there is no cache 'quary'; did you mean 'query'?");
        assertThat(command("warm", "--rate", "0").code()).isEqualTo(2);
    }

    @Test
    void aTableThatMayNotBeReadIsToldWithItsMend() {
        database.run("REVOKE SELECT ON things FROM " + database.name());

        CommandRun run = command("warm", "--cache", "thing");

        database.run("GRANT SELECT ON things TO " + database.name());
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("permission denied for table things; grant role " + database.name() + " SELECT");
    }

    @Test
    void replayRemovesWhatRedisHeldOnTo() {
        database.run("UPDATE counts SET n = n + 1000 WHERE id = 7");
        settle();
        redis.set("count:7", "stale");
        redis.set("plain:7", "stale");
        redis.set("plain:seven", "not mapped");
        redis.hset("counts", "7", "stale");

        CommandRun run = command("replay", "--since", "10m");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).matches("replayed\t\\d+ records\t\\d+ entries removed\t\\d+\\.\\d s\n");
        assertThat(redis.exists("count:7", "plain:7")).isZero();
        assertThat(redis.hexists("counts", "7")).isFalse();
        assertThat(command("replay", "--since", "soon").code()).isEqualTo(2);
    }

    @Test
    void replaySaysWhatItCannotReach() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, database.name() + ".public.things");
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", EmbeddedStack.shared().kafka().bootstrapServers()))) {
            set(admin, topic, "compact");
            CommandRun compacted = command("replay", "--since", "1m");
            set(admin, topic, "delete");

            assertThat(compacted.code()).isEqualTo(1);
            assertThat(compacted.out()).as("what there is").startsWith("replayed\t");
            assertThat(compacted.err()).contains(topic.name() + " is compacted", "'freshet flush'");
        }
        String other = Files.readString(Path.of(file)).replace("pipeline: " + database.name(), "pipeline: elsewhere");
        CommandRun nowhere = CommandRun.of(
                Map.of(),
                "replay",
                "--since",
                "1m",
                "--config",
                CommandRun.file(Files.createTempDirectory("freshet-mend"), other)
                        .toString());

        assertThat(nowhere.code()).isEqualTo(2);
        assertThat(nowhere.err())
                .contains("Kafka has none of the topics elsewhere.public.counts, elsewhere.public.things");
    }

    private static void set(Admin admin, ConfigResource topic, String policy) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        topic,
                        List.of(new AlterConfigOp(
                                new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    void flushTellsWhatWent() {
        clear("plain:*");
        redis.set("plain:1", "x");
        redis.set("plain:2", "x");
        redis.set("plane:1", "x");

        CommandRun run = command("flush", "--cache", "plain");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("flushed\tplain\t2 entries\n");
        assertThat(redis.exists("plane:1")).isEqualTo(1);
        assertThat(command("flush", "--cache", "planes").code()).isEqualTo(2);
    }
}
