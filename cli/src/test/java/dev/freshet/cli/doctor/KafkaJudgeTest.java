package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.doctor.KafkaFacts.Group;
import dev.freshet.cli.doctor.KafkaFacts.Place;
import dev.freshet.cli.doctor.KafkaFacts.Purpose;
import dev.freshet.cli.doctor.KafkaFacts.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KafkaJudgeTest {

    private static final String REST = "caches: { b: { table: public.books, key: \"b:{id}\" } }\n";
    private static final String DAY = "86400000";

    private final Told told = new Told("kafka: { bootstrap-servers: \"k:9092\" }\n" + REST);

    @Test
    void topicsAsTheListenerMakesThemPass() {
        judge(
                topic(Purpose.CHANGES, 6, 3, Map.of()),
                topic(Purpose.CONTROL, 1, 3, Map.of("retention.ms", "604800000")),
                topic(Purpose.OFFSETS, 1, 3, Map.of("cleanup.policy", "compact")),
                topic(Purpose.DEAD_LETTERS, 1, 3, Map.of("retention.ms", "2592000000")));

        assertThat(told.all()).isEmpty();
    }

    @Test
    void aCompactedTopicLosesChanges() {
        judge(topic(Purpose.CHANGES, 6, 3, Map.of("cleanup.policy", "compact,delete")));

        assertThat(told.only()).isEqualTo(Severity.WRONG);
        assertThat(told.mends())
                .containsExactly("kafka-configs.sh --bootstrap-server k:9092 --alter --entity-type topics"
                        + " --entity-name shop.changes --add-config cleanup.policy=delete");
    }

    @Test
    void offsetsThatAreNotCompactedAreTold() {
        judge(topic(Purpose.OFFSETS, 1, 3, Map.of()));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.mends()).singleElement().asString().endsWith("cleanup.policy=compact");
    }

    @Test
    void recordsThatGoEarlyOrForTheirSizeAreTold() {
        judge(topic(Purpose.CHANGES, 6, 3, Map.of("retention.ms", "3600000", "retention.bytes", "1048576")));

        assertThat(told.messages())
                .containsExactly(
                        "WARNING topic shop.changes keeps records for 60 min, less than 24 h",
                        "WARNING topic shop.changes drops records beyond 1.0 MB a partition, whatever their age");
    }

    @Test
    void retentionForEverPasses() {
        judge(topic(Purpose.CHANGES, 6, 3, Map.of("retention.ms", "-1")));

        assertThat(told.all()).isEmpty();
    }

    @Test
    void aRetentionShorterThanAnAbsenceIsMendedInTheFile() {
        Told brief = new Told("kafka: { bootstrap-servers: \"k:9092\", topics: { retention: 10m } }\n" + REST);

        new KafkaJudge(brief.config().kafka(), brief.findings())
                .judge(new KafkaFacts("k:9092", 3, List.of(), Optional.empty()));

        assertThat(brief.mends()).containsExactly("kafka.topics.retention: 24h");
    }

    @Test
    void whatASingleBrokerAcknowledgesIsToldAndWhatNoneCanIsAnError() {
        judge(
                topic(Purpose.CHANGES, 6, 3, Map.of("min.insync.replicas", "1")),
                topic(Purpose.CHANGES, 6, 3, Map.of("min.insync.replicas", "4")));

        assertThat(told.messages())
                .containsExactly(
                        "WARNING topic shop.changes acknowledges what a single broker holds (min.insync.replicas 1)",
                        "WRONG topic shop.changes asks for 4 replicas in sync and has 3");
    }

    @Test
    void leadersThatMissedChangesAndMissingCopiesAreTold() {
        judge(topic(
                Purpose.CHANGES, 6, 1, Map.of("unclean.leader.election.enable", "true", "min.insync.replicas", "1")));

        assertThat(told.messages())
                .containsExactly(
                        "WARNING topic shop.changes has 1 of 3 copies",
                        "WARNING topic shop.changes lets a broker lead that has missed changes"
                                + " (unclean.leader.election.enable)");
    }

    @Test
    void otherPartitionsThanTheFileSaysAreAdviceAndSeveralOfAnOrderedTopicAnError() {
        judge(
                topic(Purpose.CHANGES, 12, 3, Map.of()),
                topic(Purpose.CONTROL, 2, 3, Map.of("retention.ms", "604800000")));

        assertThat(told.messages())
                .containsExactly(
                        "WRONG topic shop.control has 2 partitions and must have 1",
                        "NOTE shop.changes has 12 partitions, the file says 6");
        assertThat(told.mends()).contains("kafka.topics.partitions: 12");
    }

    @Test
    void settingsThatMayNotBeSeenAreSaid() {
        judge(new Topic("shop.public.books", Purpose.CHANGES, 6, 3, Map.of()));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.messages().get(0)).contains("DescribeConfigs");
    }

    @Test
    void writersThatAreAwayForHalfOfTheRetentionAreTold() {
        group(
                0,
                new Place("t", 0, 10, 5, 100, 50),
                new Place("t", 1, 60, 5, 100, 50),
                new Place("t", 2, 100, 0, 100, 100));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.messages().get(0))
                .endsWith("changes wait for longer than half of the retention in t partition 0; no writer runs");
        assertThat(told.mends()).containsExactly("start a writer");
    }

    @Test
    void changesThatAreGoneUnreadAreTold() {
        group(1, new Place("t", 0, 10, 11, 100, 11));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.messages().get(0)).contains("holds no longer what comes next in t partition 0");
    }

    private void group(int members, Place... places) {
        new KafkaJudge(told.config().kafka(), told.findings())
                .judge(new KafkaFacts("k:9092", 3, List.of(), Optional.of(new Group(members, List.of(places)))));
    }

    private void judge(Topic... topics) {
        new KafkaJudge(told.config().kafka(), told.findings())
                .judge(new KafkaFacts("k:9092", 3, List.of(topics), Optional.empty()));
    }

    private static Topic topic(Purpose purpose, int partitions, int replication, Map<String, String> other) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                DAY,
                "retention.bytes",
                "-1",
                "min.insync.replicas",
                "2",
                "unclean.leader.election.enable",
                "false"));
        settings.putAll(other);
        String name = "shop." + purpose.name().toLowerCase(java.util.Locale.ROOT);
        return new Topic(name, purpose, partitions, replication, settings);
    }
}
