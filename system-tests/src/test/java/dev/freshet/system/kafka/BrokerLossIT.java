package dev.freshet.system.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.system.process.Freshet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three brokers, three copies, two of which must be in sync; one broker after the other is killed under load. */
@Tag("full")
final class BrokerLossIT {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerLossIT.class);
    private static final int TRANSACTIONS = 200;
    private static final int ROWS = 5;

    /** How long the keys of a transaction stood after its commit: of every tenth of the last load. */
    private final List<Duration> waits = new ArrayList<>();

    @Test
    void noInvalidationIsLostWithABroker(@TempDir Path directory) throws Exception {
        try (Cluster cluster = Cluster.start(directory, 3, Map.of());
                Scene scene = new Scene("broker_loss", directory, 4 * TRANSACTIONS * ROWS)) {
            Path config = scene.config(Map.of("bootstrap-servers", cluster.bootstrapServers()));
            Freshet listener = scene.ready(config, "listener");
            Freshet writer = scene.ready(config, "writer");
            scene.fillDecoys();
            load(scene, TRANSACTIONS);
            LOG.info("With all brokers: slowest of {} transactions {} ms", waits.size(), slowest());

            for (String topic : List.of("broker_loss.control", "broker_loss.public.books")) {
                int broker = cluster.leader(topic);
                load(scene, TRANSACTIONS / 4);
                cluster.kill(broker);
                load(scene, TRANSACTIONS);
                LOG.info("Broker {} killed, leader of {}: slowest transaction {} ms", broker, topic, slowest());
                assertThat(scene.ready(config, "writer").terminate(Scene.PATIENCE))
                        .as("one more can be started with two brokers of three")
                        .isZero();
                cluster.startAgain(broker);
                cluster.awaitBrokers(3);
            }

            scene.awaitFresh();
            scene.assertDecoysStand();
            assertThat(listener.isAlive() && writer.isAlive())
                    .as("neither was started again" + scene.words())
                    .isTrue();
            await().atMost(Scene.PATIENCE).until(() -> scene.exitCode(config, "status") == 0);
            LOG.info("{} rows changed, none lost", scene.changed());
        }
    }

    private void load(Scene scene, int transactions) throws Exception {
        waits.clear();
        for (int i = 0; i < transactions; i++) {
            scene.change(ROWS, "");
            if (i % 10 == 9) {
                waits.add(scene.awaitFresh());
            }
        }
    }

    private long slowest() {
        return Collections.max(waits).toMillis();
    }
}
