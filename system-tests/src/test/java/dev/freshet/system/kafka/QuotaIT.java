package dev.freshet.system.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.process.Freshet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brokers that let a client have so many bytes a second: it gets late, says so, and loses nothing. */
@Tag("full")
final class QuotaIT {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaIT.class);
    private static final int ROWS = 1000;
    private static final int BYTES_A_SECOND = 5_000;

    @Test
    void aThrottledListenerIsLateAndLosesNothing(@TempDir Path directory) throws Exception {
        play("throttled_listener", directory, 0, "freshet_listener_unstored_records");
    }

    @Test
    void aThrottledWriterIsLateAndLosesNothing(@TempDir Path directory) throws Exception {
        play("throttled_writer", directory, 1, "freshet_writer_lag_records");
    }

    private static void play(String name, Path directory, int quota, String metric) throws Exception {
        try (EmbeddedStack kafka = EmbeddedStack.builder().kafka().start();
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", kafka.kafka().bootstrapServers()));
                Scene scene = new Scene(name, directory, ROWS)) {
            String documented = Documented.commands("Quotas").get(quota);
            KafkaTools.run(admin, documented.replaceAll("byte_rate=[0-9]+", "byte_rate=" + BYTES_A_SECOND));
            Path config = scene.config(Map.of(
                    "bootstrap-servers",
                    kafka.kafka().bootstrapServers(),
                    "topics",
                    Map.of("replication", 1),
                    "properties",
                    Map.of("compression.type", "none")));
            Freshet listener = scene.ready(config, "listener");
            Freshet writer = scene.ready(config, "writer");
            scene.fillDecoys();

            // About 1.5 KB each: at this rate five minutes' worth.
            for (int i = 0; i < 10; i++) {
                scene.change(ROWS / 10, text(i));
            }
            await().atMost(Scene.PATIENCE).until(() -> {
                JsonNode told = status(scene, config);
                LOG.info("status meanwhile: {}", told.path("stages"));
                return late(told) && !scene.stale().isEmpty();
            });
            // Measured every two seconds.
            String measured = await().atMost(Scene.PATIENCE)
                    .until(
                            () -> quota == 0
                                    ? metrics(listener, "listener-http", metric)
                                    : metrics(writer, "writer-http", metric),
                            lines -> !lines.isEmpty());
            assertThat(scene.stale()).as("while it is still late").isNotEmpty();
            LOG.info("metrics meanwhile: {}", measured);

            KafkaTools.run(admin, documented);
            LOG.info(
                    "With a larger quota all was applied {} ms later",
                    scene.awaitFresh().toMillis());
            scene.assertDecoysStand();
            assertThat(listener.isAlive() && writer.isAlive())
                    .as("neither was started again" + scene.words())
                    .isTrue();
            await().atMost(Scene.PATIENCE).until(() -> scene.exitCode(config, "status") == 0);
        }
    }

    private static String text(int seed) {
        Random random = new Random(seed);
        return random.ints(1500, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static JsonNode status(Scene scene, Path config) throws Exception {
        Freshet status = scene.start(config, "status", "--json", "--max-staleness", "2s");
        status.exitCode(Scene.PATIENCE);
        return JsonMapper.builder().build().readTree(String.join("\n", status.output()));
    }

    /** Whether some stage says that it is behind. */
    private static boolean late(JsonNode status) {
        for (JsonNode stage : status.path("stages")) {
            if (stage.path("state").asText().equalsIgnoreCase("broken")) {
                return true;
            }
        }
        return false;
    }

    private static String metrics(Freshet process, String address, String metric) throws Exception {
        String url = process.address(address).orElseThrow();
        String base = url.startsWith("http") ? url : "http://" + url;
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(base + "/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(metric))
                .filter(line -> !line.endsWith(" 0.0"))
                .reduce("", (all, line) -> all + line + "\n");
    }
}
