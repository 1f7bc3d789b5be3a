package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.cli.doctor.KafkaFacts.Purpose;
import dev.freshet.cli.doctor.KafkaFacts.Topic;
import dev.freshet.model.config.KafkaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What stands against the topics as they are. */
final class KafkaJudge {

    /** A writer that an operator restarts by hand is away for so long at least. */
    private static final Duration SHORTEST_RETENTION = Duration.ofHours(1);

    private final KafkaConfig config;
    private final Findings findings;

    KafkaJudge(KafkaConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    void judge(KafkaFacts facts) {
        retention();
        copies(facts);
        for (Topic topic : facts.topics()) {
            if (topic.settings().isEmpty()) {
                findings.because("what is not seen is not judged")
                        .add(
                                Severity.NOTE,
                                "kafka.properties",
                                "the settings of topic " + topic.name()
                                        + " could not be looked at: Kafka lets this user"
                                        + " not describe them (DescribeConfigs on the topic)");
                continue;
            }
            cleanup(facts, topic);
            kept(facts, topic);
            safety(facts, topic);
        }
        partitions(facts);
        facts.group().ifPresent(this::absence);
    }

    private void retention() {
        if (config.retention().compareTo(SHORTEST_RETENTION) < 0) {
            findings.because("when the writers are away for longer, changes are gone unread and the caches are flushed")
                    .add(
                            Severity.WARNING,
                            "kafka.topics.retention",
                            "keeps changes for " + Amounts.duration(config.retention()) + " only",
                            Mend.setting("kafka.topics.retention", "24h"));
        }
    }

    private void copies(KafkaFacts facts) {
        if (config.bootstrapServers().isPresent() && facts.brokers() == 1) {
            findings.because("when it is lost, changes that PostgreSQL was told are safe are lost with it")
                    .add(
                            Severity.NOTE,
                            "kafka.bootstrap-servers",
                            "the cluster is a single broker; three keep every change through the loss of one");
        }
    }

    private void cleanup(KafkaFacts facts, Topic topic) {
        boolean compacts = topic.setting("cleanup.policy").contains("compact");
        if (compacts && topic.purpose() != Purpose.OFFSETS) {
            findings.because(
                            "of several changes to one row the older ones vanish, and with them the only place that tells"
                                    + " which keys the row had in between")
                    .add(
                            Severity.WRONG,
                            place(topic),
                            "topic " + topic.name() + " is compacted",
                            alter(facts, topic, "cleanup.policy=delete"));
        } else if (!compacts && topic.purpose() == Purpose.OFFSETS) {
            findings.because(
                            "where the source stands quietly for longer than the retention, the listener's place is gone"
                                    + " and every mapped entry is flushed")
                    .add(
                            Severity.WARNING,
                            place(topic),
                            "topic " + topic.name() + " is not compacted",
                            alter(facts, topic, "cleanup.policy=compact"));
        }
    }

    private void kept(KafkaFacts facts, Topic topic) {
        if (topic.purpose() == Purpose.OFFSETS) {
            return;
        }
        Findings gone = findings.because(
                topic.purpose() == Purpose.DEAD_LETTERS
                        ? "what was parked, and that it was dealt with, is gone before somebody looked"
                        : "writers that are away for longer find changes gone that they have not applied, and the caches"
                                + " are flushed; replay reaches no further back either");
        long millis = topic.number("retention.ms");
        Duration wanted = topic.purpose() == Purpose.CHANGES ? config.retention() : longest(topic.purpose());
        if (millis >= 0 && millis < wanted.toMillis()) {
            gone.add(
                    Severity.WARNING,
                    place(topic),
                    "topic " + topic.name() + " keeps records for " + Amounts.duration(Duration.ofMillis(millis))
                            + ", less than " + Amounts.duration(wanted),
                    alter(facts, topic, "retention.ms=" + wanted.toMillis()));
        }
        if (topic.number("retention.bytes") >= 0) {
            gone.add(
                    Severity.WARNING,
                    place(topic),
                    "topic " + topic.name() + " drops records beyond " + Amounts.bytes(topic.number("retention.bytes"))
                            + " a partition, whatever their age",
                    alter(facts, topic, "retention.bytes=-1"));
        }
    }

    private Duration longest(Purpose purpose) {
        Duration least = purpose == Purpose.CONTROL ? Duration.ofDays(7) : Duration.ofDays(30);
        return config.retention().compareTo(least) > 0 ? config.retention() : least;
    }

    private void safety(KafkaFacts facts, Topic topic) {
        long inSync = topic.number("min.insync.replicas");
        Findings lost =
                findings.because("a change that Kafka has acknowledged is forgotten by PostgreSQL; if Kafka loses"
                        + " it too, its keys stay stale");
        if (inSync > topic.replication()) {
            findings.because("Kafka accepts no change at all, and the slot holds back the source's log")
                    .add(
                            Severity.WRONG,
                            place(topic),
                            "topic " + topic.name() + " asks for " + inSync + " replicas in sync and has "
                                    + topic.replication(),
                            alter(facts, topic, "min.insync.replicas=" + Math.max(1, topic.replication() - 1)));
        } else if (topic.replication() >= 3 && inSync < 2) {
            lost.add(
                    Severity.WARNING,
                    place(topic),
                    "topic " + topic.name() + " acknowledges what a single broker holds (min.insync.replicas " + inSync
                            + ")",
                    alter(facts, topic, "min.insync.replicas=2"));
        }
        if (topic.replication() < Math.min(config.replication(), facts.brokers())) {
            lost.add(
                    Severity.WARNING,
                    "kafka.topics.replication",
                    "topic " + topic.name() + " has " + topic.replication() + " of " + config.replication() + " copies",
                    Mend.hand("reassign its partitions with kafka-reassign-partitions.sh"));
        }
        if (topic.setting("unclean.leader.election.enable").equals("true")) {
            lost.add(
                    Severity.WARNING,
                    place(topic),
                    "topic " + topic.name() + " lets a broker lead that has missed changes"
                            + " (unclean.leader.election.enable)",
                    alter(facts, topic, "unclean.leader.election.enable=false"));
        }
    }

    private void partitions(KafkaFacts facts) {
        Map<Integer, List<String>> others = new TreeMap<>();
        for (Topic topic : facts.topics()) {
            if (topic.purpose() == Purpose.CHANGES && topic.partitions() != config.partitions()) {
                others.computeIfAbsent(topic.partitions(), count -> new ArrayList<>())
                        .add(topic.name());
            } else if (topic.purpose() != Purpose.CHANGES && topic.partitions() != 1) {
                findings.because("what is written there has one order, and is read from its first partition")
                        .add(
                                Severity.WRONG,
                                place(topic),
                                "topic " + topic.name() + " has " + topic.partitions() + " partitions and must have 1",
                                Mend.hand("stop listener and writers, delete the topic, and start them again"));
            }
        }
        others.forEach((count, names) -> findings.because(
                        "topics that stand are left as they are; as many writers share the work as there are partitions")
                .add(
                        Severity.NOTE,
                        "kafka.topics.partitions",
                        String.join(", ", names) + (names.size() == 1 ? " has " : " have ") + count + " partition"
                                + (count == 1 ? "" : "s") + ", the file says " + config.partitions(),
                        Mend.setting("kafka.topics.partitions", Integer.toString(count))));
    }

    private void absence(KafkaFacts.Group group) {
        List<String> lost = group.places().stream()
                .filter(place -> place.committed() < place.begin())
                .map(place -> place.topic() + " partition " + place.partition())
                .toList();
        if (!lost.isEmpty()) {
            findings.because("changes went unread: when a writer starts it flushes the caches of these tables")
                    .add(
                            Severity.WARNING,
                            "kafka.topics.retention",
                            "Kafka holds no longer what comes next in " + String.join(", ", lost),
                            Mend.hand("start a writer"));
        }
        List<String> late = group.places().stream()
                .filter(place -> place.committed() >= place.begin()
                        && place.committed() < Math.min(place.end(), place.halfAged()))
                .map(place -> place.topic() + " partition " + place.partition())
                .toList();
        if (!late.isEmpty()) {
            findings.because("when the retention has passed too, they are gone unread and the caches are flushed")
                    .add(
                            Severity.WARNING,
                            "kafka.topics.retention",
                            "changes wait for longer than half of the retention in " + String.join(", ", late)
                                    + (group.members() == 0 ? "; no writer runs" : ""),
                            Mend.hand(
                                    group.members() == 0
                                            ? "start a writer"
                                            : "see in the writers' log what keeps them"));
        }
    }

    private static String place(Topic topic) {
        return topic.purpose() == Purpose.CHANGES ? "kafka.topics" : "kafka";
    }

    private static Mend alter(KafkaFacts facts, Topic topic, String setting) {
        return Mend.kafka("kafka-configs.sh --bootstrap-server " + facts.address() + " --alter --entity-type topics"
                + " --entity-name " + topic.name() + " --add-config " + setting);
    }
}
