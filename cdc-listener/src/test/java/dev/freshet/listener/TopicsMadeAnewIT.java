package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.ControlRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Somebody deletes a topic below a listener that works. */
class TopicsMadeAnewIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ROWS = 30;

    @Test
    void aWatermarkCanBeReachedAgainAfterTheTopicWasMadeAnew() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                Listener listener = servers.listener("public.books");
                Admin admin = new KafkaClients(TestServers.kafka(), TestServers.bootstrapServers()).admin()) {
            String topic = servers.name() + ".public.books";
            startWithRows(servers, listener, topic);

            admin.deleteTopics(List.of(topic)).all().get();
            Awaitility.await()
                    .atMost(LIMIT)
                    .ignoreExceptions()
                    .until(() -> admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1)))
                                    .all()
                                    .get()
                            == null);

            servers.execute("INSERT INTO books VALUES (" + (ROWS + 1) + ")");
            assertHeartbeatsCountTheNewLog(servers, topic);
        }
    }

    @Test
    void aTopicThatIsGoneIsMadeAgain() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                Listener listener = servers.listener("public.books");
                Admin admin = new KafkaClients(TestServers.kafka(), TestServers.bootstrapServers()).admin()) {
            String topic = servers.name() + ".public.books";
            startWithRows(servers, listener, topic);

            admin.deleteTopics(List.of(topic)).all().get();
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> admin.listTopics().names().get().contains(topic));

            servers.execute("INSERT INTO books VALUES (" + (ROWS + 1) + ")");
            assertHeartbeatsCountTheNewLog(servers, topic);
        }
    }

    private static void startWithRows(TestServers servers, Listener listener, String topic) throws Exception {
        listener.start();
        assertThat(listener.awaitStreaming(LIMIT)).isTrue();
        servers.execute("INSERT INTO books SELECT generate_series(1, " + ROWS + ")");
        try (TopicReader reader = servers.reader(topic)) {
            reader.until(records -> records.size() >= ROWS);
        }
    }

    /** A row that was sent to the old log may have been sent again, so there are one or some records, but never as many. */
    private static void assertHeartbeatsCountTheNewLog(TestServers servers, String topic) throws Exception {
        try (TopicReader changes = servers.reader(topic);
                TopicReader control = servers.reader(servers.name() + ".control")) {
            changes.until(records ->
                    records.stream().anyMatch(record -> record.key().path("id").asInt() == ROWS + 1));
            control.until(records -> {
                List<Long> counted = lastEnds(records, topic);
                return !counted.isEmpty() && counted.equals(changes.ends());
            });
        }
    }

    private static List<Long> lastEnds(List<TopicReader.Read> records, String topic) {
        Optional<ControlRecord.Heartbeat> last = records.stream()
                .map(record -> ControlRecord.parse(record.value().toString().getBytes(StandardCharsets.UTF_8)))
                .filter(ControlRecord.Heartbeat.class::isInstance)
                .map(ControlRecord.Heartbeat.class::cast)
                .reduce((one, next) -> next);
        return last.map(beat -> beat.endOffsets().getOrDefault(topic, List.of()))
                .orElse(List.of());
    }
}
