package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.doctor.KafkaFacts.Purpose;
import dev.freshet.model.Topics;
import dev.freshet.model.config.FreshetConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/** Looks at a Kafka that answers. Confined to one thread. */
final class KafkaExam {

    private static final int LIMIT_SECONDS = 8;

    private final FreshetConfig config;
    private final String address;
    private final Findings findings;
    private final Measures measures;

    KafkaExam(FreshetConfig config, String address, Findings findings, Measures measures) {
        this.config = config;
        this.address = address;
        this.findings = findings;
        this.measures = measures;
    }

    void run() {
        Map<String, Object> properties = new HashMap<>(config.kafka().properties());
        properties.put("bootstrap.servers", address);
        properties.put("client.id", "freshet-doctor");
        properties.put("request.timeout.ms", LIMIT_SECONDS * 1000);
        properties.put("default.api.timeout.ms", LIMIT_SECONDS * 1000);
        properties.put("metric.reporters", "");
        try (Admin admin = Admin.create(properties)) {
            int brokers = get(admin.describeCluster().nodes()).size();
            List<KafkaFacts.Topic> topics = topics(admin);
            Optional<KafkaFacts.Group> group = new WriterPlaces(admin, config.consumerGroup()).read(topics);
            new KafkaJudge(config.kafka(), findings).judge(new KafkaFacts(address, brokers, topics, group));
            measures.add(
                    "kafka",
                    brokers + (brokers == 1 ? " broker, " : " brokers, ") + topics.size()
                            + " topics of this pipeline; it tells no time");
            group.ifPresent(writers -> measures.add(
                    "writers",
                    writers.members() + " at work, "
                            + writers.places().stream()
                                    .mapToLong(place -> Math.max(0, place.end() - place.committed()))
                                    .sum()
                            + " records not yet applied"));
        } catch (ExecutionException e) {
            untold(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException | KafkaException e) {
            untold(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void untold(Throwable cause) {
        findings.because("what is not seen is not judged")
                .add(
                        Severity.NOTE,
                        "kafka.properties",
                        "could not look at topics and writers: "
                                + cause.getClass().getSimpleName()
                                + "; the right it takes is Describe on topics and group");
    }

    private List<KafkaFacts.Topic> topics(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        Topics names = config.topics();
        Map<String, Purpose> wanted = new LinkedHashMap<>();
        config.tables().forEach(table -> wanted.put(names.of(table), Purpose.CHANGES));
        wanted.put(names.control(), Purpose.CONTROL);
        wanted.put(names.offsets(), Purpose.OFFSETS);
        wanted.put(names.deadLetters(), Purpose.DEAD_LETTERS);
        wanted.keySet().retainAll(get(admin.listTopics().names()));
        Map<String, TopicDescription> described =
                get(admin.describeTopics(wanted.keySet()).allTopicNames());
        List<KafkaFacts.Topic> topics = new ArrayList<>();
        for (Map.Entry<String, Purpose> topic : wanted.entrySet()) {
            TopicDescription description = described.get(topic.getKey());
            if (description != null) {
                topics.add(new KafkaFacts.Topic(
                        topic.getKey(),
                        topic.getValue(),
                        description.partitions().size(),
                        description.partitions().stream()
                                .mapToInt(partition -> partition.replicas().size())
                                .min()
                                .orElse(0),
                        settings(admin, topic.getKey())));
            }
        }
        return topics;
    }

    /** None where the user may not see them. */
    private static Map<String, String> settings(Admin admin, String topic)
            throws InterruptedException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Map<String, String> settings = new HashMap<>();
        try {
            get(admin.describeConfigs(List.of(resource)).all())
                    .values()
                    .forEach(all -> all.entries().forEach(entry -> {
                        if (entry.value() != null) {
                            settings.put(entry.name(), entry.value());
                        }
                    }));
        } catch (ExecutionException e) {
            return Map.of();
        }
        return settings;
    }

    static <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(LIMIT_SECONDS + 2, TimeUnit.SECONDS);
    }
}
