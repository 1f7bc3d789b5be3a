package dev.freshet.system.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer behind a Debezium that somebody else runs in Kafka Connect. */
@Tag("full")
final class ConnectIT {

    private static final Map<String, ?> PRICES =
            Map.of("price", Map.of("table", "public.books", "key", "price:{price}"));

    /** The role that `setup` makes. */
    private static final Map<String, String> LEAST = SetUp.login("");

    private static Map<String, Object> kafka(EmbeddedStack kafka) {
        return Map.of(
                "bootstrap-servers",
                kafka.kafka().bootstrapServers(),
                "topics",
                Map.of("replication", 1, "partitions", 3));
    }

    private static ConnectWorker worker(Path directory, EmbeddedStack kafka) {
        return ConnectWorker.start(
                directory,
                kafka.kafka().bootstrapServers(),
                Map.of(
                        "POSTGRES_PASSWORD",
                        LEAST.get("password"),
                        "THEIR_PASSWORD",
                        EmbeddedStack.shared().postgres().password()));
    }

    @Test
    void thePrintedConnectorTakesTheListenersPlace(@TempDir Path directory) throws Exception {
        try (EmbeddedStack kafka = EmbeddedStack.builder().kafka().start();
                Scene scene = new Scene("connected", directory, 400);
                ConnectWorker worker = worker(directory, kafka)) {
            Scene.execute(scene.source(), "ALTER TABLE books REPLICA IDENTITY FULL");
            Path config = scene.config("", kafka(kafka), PRICES);
            scene.redis().commands().set("book:399", "of long ago");
            Freshet printed = scene.start(config, "setup", "--print-connect");
            assertThat(printed.exitCode(Scene.PATIENCE)).as(printed.lastWords()).isZero();
            assertThat(printed.lastWords()).doesNotContain("password\" : \"" + LEAST.get("password"));
            String connector = String.join("\n", printed.output());
            worker.create(connector);
            worker.awaitState("connected", "RUNNING");
            // Connect makes a topic with its first record.
            scene.change(1, "");

            Freshet writer = scene.ready(config, "writer");
            assertThat(scene.redis().commands().exists("book:399"))
                    .as("flushed at the first attach" + scene.words())
                    .isZero();
            assertThat(String.join("\n", writer.errors()))
                    .contains("another Debezium writes the tables' topics")
                    .contains("there is no watermark");
            scene.fillDecoys();
            scene.redis().commands().mset(Map.of("price:20.00", "x", "price:20.5", "x", "price:21.00", "x"));
            scene.change(99, "");
            scene.awaitFresh();
            // The keys of 20 and 21 go, as numeric(10,2) prints them: the writer knows how decimals are written.
            await().atMost(Scene.PATIENCE)
                    .until(() -> scene.redis().commands().exists("price:20.00", "price:21.00") == 0);
            assertThat(scene.redis().commands().exists("price:20.5")).isEqualTo(1);
            scene.assertDecoysStand();

            Freshet status = scene.start(config, "status");
            status.exitCode(Scene.PATIENCE);
            assertThat(String.join("\n", status.output()))
                    .contains("Kafka Connect")
                    .contains("no watermark");
            assertThat(scene.exitCode(config, "doctor")).as(scene.words()).isLessThan(2);

            anIdleDatabasesSlotMoves(scene);

            // The worker is restarted under load: it goes on where it was.
            scene.change(50, "");
            worker.restart();
            scene.change(50, "");
            worker.create(connector);
            scene.awaitFresh();

            // The writer, too.
            writer.kill();
            scene.change(50, "");
            scene.ready(config, "writer");
            scene.awaitFresh();
            scene.assertDecoysStand();

            aSlotThatWasLostStopsTheTask(scene, worker, connector);
        }
    }

    private static void anIdleDatabasesSlotMoves(Scene scene) throws SQLException {
        String before = confirmed(scene);
        await().atMost(Scene.PATIENCE).until(() -> !confirmed(scene).equals(before));
    }

    private static String confirmed(Scene scene) throws SQLException {
        try (Statement statement = scene.source().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void aSlotThatWasLostStopsTheTask(Scene scene, ConnectWorker worker, String connector)
            throws IOException, SQLException {
        String name =
                JsonMapper.builder().build().readTree(connector).path("name").asText();
        worker.delete(name);
        await().atMost(Scene.PATIENCE).ignoreExceptions().until(() -> {
            Scene.execute(scene.source(), "SELECT pg_drop_replication_slot('" + name + "')");
            return true;
        });
        scene.change(1, "");
        Scene.execute(scene.source(), "SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
        worker.create(connector);
        worker.awaitState(name, "FAILED");
    }

    @Test
    void aConnectorWithDefaultsAndSchemasIsReadAsWell(@TempDir Path directory) throws Exception {
        try (EmbeddedStack kafka = EmbeddedStack.builder().kafka().start();
                Scene scene = new Scene("as_it_was", directory, 200);
                ConnectWorker worker = worker(directory, kafka)) {
            Scene.execute(scene.source(), "ALTER TABLE books REPLICA IDENTITY FULL");
            Path config = scene.config("", kafka(kafka), PRICES);
            ObjectNode connector = JsonMapper.builder().build().createObjectNode();
            connector.put("name", "theirs");
            ObjectNode settings = connector.putObject("config");
            String url = EmbeddedStack.shared().postgres().jdbcUrl("as_it_was").replace("jdbc:", "");
            java.net.URI source = java.net.URI.create(url);
            settings.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector")
                    .put("database.hostname", source.getHost())
                    .put("database.port", Integer.toString(source.getPort()))
                    .put("database.dbname", "as_it_was")
                    .put("database.user", EmbeddedStack.shared().postgres().user())
                    .put("database.password", "${env:THEIR_PASSWORD}")
                    .put("topic.prefix", "as_it_was")
                    .put("plugin.name", "pgoutput")
                    .put("slot.name", "theirs")
                    .put("key.converter", "org.apache.kafka.connect.json.JsonConverter")
                    .put("value.converter", "org.apache.kafka.connect.json.JsonConverter")
                    .put("topic.creation.default.partitions", "3")
                    .put("topic.creation.default.replication.factor", "1");
            worker.create(connector.toString());
            worker.awaitState("theirs", "RUNNING");
            scene.ready(config, "writer");
            // The snapshot's records are read first: they remove what stands.
            scene.change(1, "");
            scene.awaitFresh();
            awaitApplied(scene, config);

            scene.fillDecoys();
            scene.redis().commands().mset(Map.of("price:20.00", "x", "price:20.5", "x"));
            scene.change(99, "");
            scene.awaitFresh();
            await().atMost(Scene.PATIENCE).until(() -> scene.redis().commands().exists("price:20.00") == 0);
            assertThat(scene.redis().commands().exists("price:20.5"))
                    .as("decimals as bytes, told by the schema")
                    .isEqualTo(1);
            Scene.execute(scene.source(), "DELETE FROM books WHERE id = 150");
            scene.redis().commands().set("book:151", "1");
            Scene.execute(scene.source(), "UPDATE books SET id = 9151 WHERE id = 151");
            await().atMost(Scene.PATIENCE).until(() -> scene.redis().commands().exists("book:151") == 0);
            scene.assertDecoysStand();
        }
    }

    private static void awaitApplied(Scene scene, Path config) {
        await().atMost(Scene.PATIENCE).until(() -> {
            Freshet status = scene.start(config, "status", "--json");
            status.exitCode(Scene.PATIENCE);
            JsonNode told = JsonMapper.builder().build().readTree(String.join("\n", status.output()));
            long behind = 0;
            for (JsonNode partition : told.path("partitions")) {
                behind += partition.path("lag_records").asLong();
            }
            return told.path("partitions").size() == 3 && behind == 0;
        });
    }
}
