package dev.freshet.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.EmbeddedStack;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class CacheAndKafkaChecksIT {

    @Test
    void serversThatAnswerPass() {
        EmbeddedStack stack = EmbeddedStack.shared();

        CheckReport report = check(stack.redis().url(), kafka("topics: { replication: 1 }"));

        assertThat(report.findings()).isEmpty();
    }

    @Test
    void moreCopiesThanBrokersIsAMistakeWithItsMend() {
        CheckReport report = check(EmbeddedStack.shared().redis().url(), kafka("topics: { replication: 2 }"));

        assertThat(report.exitCode()).isEqualTo(2);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.place().path()).isEqualTo("kafka.topics.replication");
            assertThat(finding.place().line()).isEqualTo(4);
            assertThat(finding.place().message()).contains("has 1 broker; write replication: 1");
        });
    }

    @Test
    void aWrongClientPropertyIsAMistakeAndItsValueIsNotShown() {
        CheckReport report = check(
                EmbeddedStack.shared().redis().url(),
                kafka("topics: { replication: 1 }, properties: { security.protocol: hidden }"));

        assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.place().path()).isEqualTo("kafka.properties");
            assertThat(finding.place().message()).contains("security.protocol").doesNotContain("hidden");
        });
    }

    @Test
    void topicsOfAnotherDebeziumAreToldToAWriter() throws Exception {
        String kafka = EmbeddedStack.shared().kafka().bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            admin.createTopics(java.util.List.of(new NewTopic("theirs.public.books", 1, (short) 1)))
                    .all()
                    .get();
            ConfigFile file = ConfigFile.parse("""
                    pipeline: theirs
                    postgres: { url: "jdbc:postgresql://localhost/shop", user: me }
                    redis: { url: "redis://localhost" }
                    kafka: { bootstrap-servers: "%s", topics: { replication: 1 } }
                    caches: { b: { table: public.books, key: "b:{id}" } }
                    """.formatted(kafka), Map.of());

            assertThat(Checks.run(file, Set.of(Part.KAFKA, Part.CONSUMING)).findings())
                    .as("somebody has made a topic, and nobody has written to it")
                    .isEmpty();
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("theirs.public.books", new byte[0]))
                        .get();
            }
            CheckReport report = Checks.run(file, Set.of(Part.KAFKA, Part.CONSUMING));

            assertThat(report.passed()).as("%s", report).isTrue();
            assertThat(report.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.place().message())
                            .contains("there is no topic theirs.control", "no watermark"));
            assertThat(Checks.run(file, Set.of(Part.KAFKA, Part.PUBLISHING)).findings())
                    .isEmpty();
            assertThat(admin.listTopics().names().get())
                    .as("looking makes nothing")
                    .contains("theirs.public.books")
                    .doesNotContain("theirs.control", "theirs.dead-letters");
            admin.deleteTopics(java.util.List.of("theirs.public.books")).all().get();
        }
    }

    @Test
    void serversThatAreAwayAreToldTogether() {
        CheckReport report = check("redis://127.0.0.1:1", "bootstrap-servers: '127.0.0.1:1'");

        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.findings())
                .extracting(finding -> finding.place().path())
                .containsExactly("kafka.bootstrap-servers", "redis.url");
    }

    @Test
    void aHostThatDoesNotResolveIsAway() {
        CheckReport report = check("redis://nowhere.invalid", "bootstrap-servers: 'nowhere.invalid:9092'");

        assertThat(report.exitCode()).as("%s", report).isEqualTo(3);
    }

    @Test
    void aRedisThatRefusesIsAMistakeAndThePasswordIsNotShown() {
        try (EmbeddedStack stack = EmbeddedStack.builder()
                .redis(java.util.List.of("--maxclients", "20"))
                .start()) {
            String wrong = stack.redis().url().replace("redis://", "redis://nobody:hidden@");

            CheckReport report = check(wrong, kafka("topics: { replication: 1 }"));

            assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
            assertThat(report.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.place().path()).isEqualTo("redis.url");
                assertThat(finding.place().message()).contains("refuses").doesNotContain("hidden");
            });
        }
    }

    @Test
    void aReplicaIsAMistake() {
        EmbeddedStack primary = EmbeddedStack.shared();
        try (EmbeddedStack stack = EmbeddedStack.builder()
                .redis(java.util.List.of(
                        "--replicaof",
                        primary.redis().host(),
                        Integer.toString(primary.redis().port())))
                .start()) {
            CheckReport report = check(stack.redis().url(), kafka("topics: { replication: 1 }"));

            assertThat(report.exitCode()).isEqualTo(2);
            assertThat(report.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.place().message()).contains("name the primary"));
        }
    }

    @Test
    void aRedisThatAnswersNoTlsIsAskedAbout() {
        CheckReport report = check(
                EmbeddedStack.shared().redis().url().replace("redis://", "rediss://"),
                kafka("topics: { replication: 1 }"));

        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.place().message()).contains("by TLS: is it spoken at this port?"));
    }

    @Test
    void aFileForTlsThatIsNotThereIsNamed() {
        CheckReport report = check(
                "rediss://localhost\", tls: { ca: \"/nowhere/ca.crt\" }, replay-on-failover: \"60s",
                kafka("topics: { replication: 1 }"));

        assertThat(report.exitCode()).isEqualTo(2);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.place().path()).isEqualTo("redis.tls.ca");
            assertThat(finding.place().message()).contains("/nowhere/ca.crt is not there");
        });
    }

    /** A node that knows no others and owns no slot is enough to tell. */
    @Test
    void theNodeOfAClusterBehindAPlainUrlIsAMistakeWithItsMend() {
        try (EmbeddedStack node = EmbeddedStack.builder()
                .redis(java.util.List.of("--cluster-enabled", "yes"))
                .start()) {
            CheckReport report = check(node.redis().url(), kafka("topics: { replication: 1 }"));

            assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
            assertThat(report.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.place().message()).contains("write redis+cluster://"));
        }
    }

    @Test
    void aServerThatIsNoClusterBehindAClustersUrlIsAMistakeWithItsMend() {
        CheckReport report = check(
                "redis+cluster://127.0.0.1:1," + EmbeddedStack.shared().redis().address(),
                kafka("topics: { replication: 1 }"));

        assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
        assertThat(report.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.place().message()).contains("write redis://"));
    }

    @Test
    void aClusterOfWhichNoNamedNodeAnswersIsAway() {
        CheckReport report = check("redis+cluster://127.0.0.1:1,127.0.0.1:2", kafka("topics: { replication: 1 }"));

        assertThat(report.exitCode()).as("%s", report).isEqualTo(3);
    }

    private static String kafka(String more) {
        return "bootstrap-servers: '" + EmbeddedStack.shared().kafka().bootstrapServers() + "', " + more;
    }

    private static CheckReport check(String redis, String kafka) {
        ConfigFile file = ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://localhost/shop", user: me }
                redis: { url: "%s" }
                kafka: { %s }
                caches: { b: { table: public.books, key: "b:{id}" } }
                """.formatted(redis, kafka), Map.of());
        return Checks.run(file, Set.of(Part.KAFKA, Part.PUBLISHING, Part.REDIS));
    }
}
