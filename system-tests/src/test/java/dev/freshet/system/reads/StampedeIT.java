package dev.freshet.system.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.JavaProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cold key, and readers in several processes at once. The value is a sequence's next number, and the sequence counts each
 * query by itself, whatever becomes of it; the query waits until all readers are there.
 */
class StampedeIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String DATABASE = "stampede";
    private static final int PROCESSES = 4;
    private static final int THREADS = 250;
    private static final String WAITERS = "freshet:waiters:{" + StampedeReaders.KEY + "}:" + StampedeReaders.KEY;

    @Test
    void aThousandReadersOfAColdKeyCostOneQuery(@TempDir Path directory) throws SQLException {
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        Pipeline.execute(postgres, "postgres", "CREATE DATABASE " + DATABASE);
        Pipeline.execute(
                postgres,
                DATABASE,
                "CREATE SEQUENCE loads",
                "CREATE FUNCTION load() RETURNS text LANGUAGE plpgsql AS $$ DECLARE number bigint := nextval('loads');"
                        + " BEGIN PERFORM pg_advisory_lock_shared(1); PERFORM pg_advisory_unlock_shared(1);"
                        + " RETURN 'load ' || number; END $$");
        Queue<String> told = new ConcurrentLinkedQueue<>();
        List<JavaProcess> processes = new ArrayList<>();
        try (Connection gate =
                        DriverManager.getConnection(postgres.jdbcUrl(DATABASE), postgres.user(), postgres.password());
                Statement statement = gate.createStatement();
                RedisClient client =
                        RedisClient.create(EmbeddedStack.shared().redis().url())) {
            RedisCommands<String, String> redis = client.connect().sync();
            redis.flushall();
            statement.execute("SELECT pg_advisory_lock(1)");
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start(postgres, directory, told));
            }
            awaitAll(told, processes, "ready");
            await().atMost(PATIENCE)
                    .until(() -> redis.pubsubChannels("freshet:wake:*").size() == PROCESSES);

            processes.forEach(process -> process.tell("go"));
            awaitAll(told, processes, "begun");
            // One process loads, the others wait for it; or they do not.
            await().atMost(PATIENCE).until(() -> redis.scard(WAITERS) == PROCESSES - 1 || queries(statement) > 1);
            statement.execute("SELECT pg_advisory_unlock(1)");
            awaitAll(told, processes, "done");

            System.out.println("StampedeIT: " + told);
            assertThat(sum(told, "value\tload 1\t"))
                    .as("readers that got the one load's value: " + told)
                    .isEqualTo(PROCESSES * THREADS);
            assertThat(sum(told, "outcome\tmiss\t")).isEqualTo(1);
            assertThat(queries(statement)).as("queries, as the source counts").isEqualTo(1);
            assertThat(redis.get(StampedeReaders.KEY)).isEqualTo("\"load 1\"");
        } finally {
            processes.forEach(JavaProcess::close);
            Pipeline.execute(postgres, "postgres", "DROP DATABASE " + DATABASE + " WITH (FORCE)");
        }
    }

    private static JavaProcess start(PostgresServer postgres, Path directory, Queue<String> told) {
        return JavaProcess.start(
                directory,
                StampedeReaders.class,
                "192m",
                List.of(
                        EmbeddedStack.shared().redis().url(),
                        postgres.jdbcUrl(DATABASE),
                        postgres.user(),
                        Integer.toString(THREADS)),
                Map.of("SOURCE_PASSWORD", postgres.password()),
                told::add);
    }

    private static void awaitAll(Queue<String> told, List<JavaProcess> processes, String word) {
        await().alias(word)
                .atMost(PATIENCE)
                .failFast(() -> processes.forEach(process -> assertThat(process.isAlive() || told.contains("done"))
                        .as(process.lastWords())
                        .isTrue()))
                .until(() -> told.stream().filter(word::equals).count() == PROCESSES);
    }

    private static int sum(Queue<String> told, String beginning) {
        return told.stream()
                .filter(line -> line.startsWith(beginning))
                .mapToInt(line -> Integer.parseInt(line.substring(beginning.length())))
                .sum();
    }

    private static long queries(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT last_value FROM loads")) {
            row.next();
            return row.getLong(1);
        }
    }
}
