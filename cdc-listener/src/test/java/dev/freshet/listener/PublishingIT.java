package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.listener.TopicReader.Read;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class PublishingIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void everyKindOfChangeArrivesAsDebeziumsEnvelopeUnderItsKey() throws Exception {
        try (TestServers servers = new TestServers(
                        "CREATE TABLE books (id bigint PRIMARY KEY, title text DEFAULT 'none', price numeric(9,2))",
                        "ALTER TABLE books REPLICA IDENTITY FULL",
                        "CREATE TABLE unmapped (id int PRIMARY KEY)");
                Listener listener = servers.listener("public.books")) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();

            servers.execute(
                    "INSERT INTO unmapped VALUES (1)",
                    "INSERT INTO books VALUES (1, NULL, 12.50)",
                    "UPDATE books SET price = 13 WHERE id = 1",
                    "UPDATE books SET id = 2 WHERE id = 1",
                    "DELETE FROM books WHERE id = 2");

            try (TopicReader reader = servers.reader(servers.name() + ".public.books")) {
                List<Read> read = reader.until(records -> records.size() >= 7);
                assertThat(ofKey(read, 1)).extracting(Read::op).containsExactly("c", "u", "d", "tombstone");
                assertThat(ofKey(read, 2)).extracting(Read::op).containsExactly("c", "d", "tombstone");
                Read insert = ofKey(read, 1).get(0);
                assertThat(insert.value().at("/after").toString())
                        .isEqualTo("{\"id\":1,\"title\":null,\"price\":\"12.50\"}");
                assertThat(insert.value().at("/before").isNull()).isTrue();
                assertThat(insert.value().at("/source/table").asText()).isEqualTo("books");
                assertThat(insert.value().at("/source/txId").asLong()).isPositive();
                assertThat(insert.value().has("schema")).isFalse();
                assertThat(ofKey(read, 1).get(1).value().at("/before/price").asText())
                        .isEqualTo("12.50");
                assertThat(read).extracting(Read::epoch).containsOnly("1");
            }
            ObjectName counter = new ObjectName(
                    "debezium.postgres:type=connector-metrics,context=streaming,server=" + servers.name());
            assertThat(ManagementFactory.getPlatformMBeanServer()
                            .getAttribute(counter, "TotalNumberOfCreateEventsSeen"))
                    .describedAs("Debezium's counter would print each row's key")
                    .isEqualTo(0L);
        }
    }

    private static List<Read> ofKey(List<Read> read, long id) {
        return read.stream().filter(r -> r.key().path("id").asLong() == id).toList();
    }

    @Test
    void aDatabaseThatPrintsBytesInAnotherFormDoesNotStopTheLine() throws Exception {
        try (TestServers servers = new TestServers(
                        "CREATE TABLE books (id bigint PRIMARY KEY, cover bytea)",
                        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET bytea_output = escape', current_database());"
                                + " END $$");
                Listener listener = servers.listener("public.books")) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            servers.execute("INSERT INTO books VALUES (1, ''), (2, '\\x6100')");
            try (TopicReader reader = servers.reader(servers.name() + ".public.books")) {
                assertThat(reader.until(records -> records.size() >= 2))
                        .extracting(read -> read.value().at("/after/cover").asText())
                        .containsExactlyInAnyOrder("", "YQA=");
            }
        }
    }

    @Test
    void aTruncateIsPublished() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                Listener listener = servers.listener("public.books")) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            servers.execute("INSERT INTO books VALUES (1)", "TRUNCATE books");
            try (TopicReader reader = servers.reader(servers.name() + ".public.books")) {
                assertThat(reader.until(records -> records.size() >= 2))
                        .extracting(Read::op)
                        .containsExactlyInAnyOrder("c", "t");
            }
        }
    }

    @Test
    void partitionsArePublishedThroughTheirRoot() throws Exception {
        try (TestServers servers = new TestServers(
                        "CREATE SCHEMA \"Sales\"",
                        "CREATE TABLE \"Sales\".\"Orders\" (id bigint, day date, PRIMARY KEY (id, day))"
                                + " PARTITION BY RANGE (day)",
                        "CREATE TABLE p1 PARTITION OF \"Sales\".\"Orders\" FOR VALUES FROM ('2020-01-01') TO"
                                + " ('2021-01-01')");
                Listener listener = servers.listener("Sales.Orders")) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            servers.execute("INSERT INTO \"Sales\".\"Orders\" VALUES (5, '2020-03-01')", "UPDATE p1 SET id = 6");
            try (TopicReader reader = servers.reader(servers.name() + ".Sales.Orders")) {
                List<Read> read = reader.until(records -> records.size() >= 4);
                assertThat(ofKey(read, 5)).extracting(Read::op).containsExactly("c", "d", "tombstone");
                assertThat(ofKey(read, 6)).extracting(Read::op).containsExactly("c");
                assertThat(read.get(0).value().at("/source/table").asText()).isEqualTo("Orders");
            }
        }
    }

    @Test
    void theControlTopicTellsTheFirstGapThenHeartbeatsWithEndOffsets() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                Listener listener = servers.listener("public.books")) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            servers.execute("INSERT INTO books SELECT generate_series(1, 30)");
            Lsn committed = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));
            String system = servers.text("SELECT system_identifier FROM pg_control_system()");
            try (TopicReader reader = servers.reader(servers.name() + ".control")) {
                List<Read> read = reader.until(records -> records.stream()
                        .map(PublishingIT::control)
                        .anyMatch(c -> c instanceof ControlRecord.Heartbeat h
                                && h.position().lsn().compareTo(committed) >= 0));
                assertThat(control(read.get(0)))
                        .isInstanceOfSatisfying(
                                ControlRecord.Gap.class,
                                gap -> assertThat(gap.epoch()).isEqualTo(1));
                assertThat(control(read.get(read.size() - 1)))
                        .isInstanceOfSatisfying(ControlRecord.Heartbeat.class, beat -> {
                            assertThat(beat.position().timeline()).isEqualTo(1);
                            assertThat(beat.position().system()).isEqualTo(system);
                            List<Long> ends =
                                    beat.endOffsets().getOrDefault(servers.name() + ".public.books", List.of());
                            assertThat(ends).hasSize(3);
                            assertThat(ends.stream().mapToLong(Long::longValue).sum())
                                    .isEqualTo(30);
                            assertThat(beat.sourceTime())
                                    .isBetween(
                                            java.time.Instant.now().minusSeconds(60),
                                            java.time.Instant.now().plusSeconds(60));
                        });
            }
        }
    }

    private static ControlRecord control(Read read) {
        return ControlRecord.parse(read.value().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void aRowTooLargeForKafkaLosesItsLargestColumnsAndTheLineGoesOn() throws Exception {
        try (TestServers servers = new TestServers(
                        "CREATE TABLE books (id bigint PRIMARY KEY, title text, body text)",
                        "ALTER TABLE books ALTER body SET STORAGE EXTERNAL");
                Listener listener = servers.listener("public.books")) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            servers.execute(
                    "INSERT INTO books SELECT 1, 'small', string_agg(md5(g::text), '') FROM"
                            + " generate_series(1, 100000) g",
                    "INSERT INTO books VALUES (2, 'after', 'b')");
            try (TopicReader reader = servers.reader(servers.name() + ".public.books")) {
                List<Read> read = reader.until(records -> records.size() >= 2);
                assertThat(ofKey(read, 1).get(0).value().at("/after").toString())
                        .isEqualTo("{\"id\":1,\"title\":\"small\",\"body\":\"__debezium_unavailable_value\"}");
                assertThat(ofKey(read, 2).get(0).value().at("/after/title").asText())
                        .isEqualTo("after");
            }
        }
    }

    @Test
    void aTopicThatTakesLessThanItSaidIsLearnedFrom() throws Exception {
        try (TestServers servers =
                        new TestServers("CREATE TABLE books (id bigint PRIMARY KEY, title text, body text)");
                Listener listener = servers.listener("public.books");
                var admin = new KafkaClients(TestServers.kafka(), TestServers.bootstrapServers()).admin()) {
            listener.start();
            assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            var topic = new org.apache.kafka.common.config.ConfigResource(
                    org.apache.kafka.common.config.ConfigResource.Type.TOPIC, servers.name() + ".public.books");
            admin.incrementalAlterConfigs(java.util.Map.of(
                            topic,
                            List.of(new org.apache.kafka.clients.admin.AlterConfigOp(
                                    new org.apache.kafka.clients.admin.ConfigEntry("max.message.bytes", "20000"),
                                    org.apache.kafka.clients.admin.AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            servers.execute("INSERT INTO books SELECT 1, 'small', string_agg(md5(g::text), '') FROM"
                    + " generate_series(1, 4000) g");
            try (TopicReader reader = servers.reader(servers.name() + ".public.books")) {
                List<Read> read = reader.until(records -> !records.isEmpty());
                assertThat(read.get(0).value().at("/after/body").asText()).isEqualTo("__debezium_unavailable_value");
            }
        }
    }
}
