package dev.freshet.listener;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.KafkaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipeline's topics on a Kafka cluster. Used by one thread at a time. */
public final class KafkaChangeLog implements ChangeLog {

    private static final Duration READ_LIMIT = Duration.ofSeconds(30);
    private static final int KAFKA_DEFAULT_MAX_MESSAGE = 1_048_588;
    private static final Logger LOG = LoggerFactory.getLogger(KafkaChangeLog.class);

    private final KafkaConfig config;
    private final String bootstrapServers;
    private final KafkaClients clients;
    private final Topics topics;
    private final List<String> tableTopics;
    private final List<NewTopic> wanted;
    private final Map<String, Integer> learnedLimits = new HashMap<>();

    public KafkaChangeLog(KafkaConfig config, String bootstrapServers, Topics topics, Collection<TableId> tables) {
        this.config = config;
        this.bootstrapServers = bootstrapServers;
        this.clients = new KafkaClients(config, bootstrapServers);
        this.topics = topics;
        this.tableTopics = PipelineTopics.ofTables(topics, tables);
        this.wanted = PipelineTopics.of(config, topics, tables);
    }

    @Override
    public void prepare() {
        try (Admin admin = clients.admin()) {
            Set<String> present = get(admin.listTopics().names(), "list topics");
            List<NewTopic> missing = new ArrayList<>();
            for (NewTopic topic : wanted) {
                if (!present.contains(topic.name())) {
                    missing.add(topic);
                }
            }
            create(admin, missing);
        }
    }

    /** What may be made is made; of the rest all is told at once. */
    private void create(Admin admin, List<NewTopic> missing) {
        if (missing.isEmpty()) {
            return;
        }
        List<NewTopic> refused = new ArrayList<>();
        CreateTopicsResult creations = admin.createTopics(missing);
        for (NewTopic topic : missing) {
            try {
                get(creations.values().getOrDefault(topic.name(), creations.all()), "create topic " + topic.name());
                LOG.info("Created topic {}", topic.name());
            } catch (ListenerException e) {
                if (e.getCause() instanceof AuthorizationException) {
                    refused.add(topic);
                } else if (e.getCause() instanceof InvalidReplicationFactorException) {
                    throw new SetupRequiredException(
                            List.of("kafka.topics.replication: the cluster has fewer than " + config.replication()
                                    + " brokers"),
                            List.of());
                } else if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        if (!refused.isEmpty()) {
            throw new SetupRequiredException(
                    List.of("Kafka does not let this user create topics, nor see whether they stand; create: "
                            + refused.stream().map(NewTopic::name).collect(Collectors.joining(", "))),
                    refused.stream()
                            .map(topic -> TopicCommand.create(bootstrapServers, topic))
                            .toList());
        }
    }

    @Override
    public Optional<StoredPosition> position() {
        TopicPartition partition = new TopicPartition(topics.offsets(), 0);
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long limit = System.nanoTime() + READ_LIMIT.toNanos();
            StoredPosition newest = null;
            long epoch = 0;
            while (consumer.position(partition) < end) {
                if (System.nanoTime() - limit > 0) {
                    throw new ListenerException("reading " + topics.offsets() + " took longer than " + READ_LIMIT);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    if (record.value() != null) {
                        newest = StoredPosition.parse(record.value());
                        // A listener that lost the slot may have had a last record of an old epoch on its way.
                        epoch = Math.max(epoch, newest.epoch());
                    }
                }
            }
            return newest == null ? Optional.empty() : Optional.of(newest.inEpoch(epoch));
        } catch (KafkaException | IllegalArgumentException e) {
            throw new ListenerException("cannot read the stored position from topic " + topics.offsets(), e);
        }
    }

    @Override
    public long activity() {
        try (Admin admin = clients.admin()) {
            return ends(admin, List.of(topics.offsets(), topics.control())).values().stream()
                    .flatMap(List::stream)
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    @Override
    public ChangePublisher open() {
        try (Admin admin = clients.admin()) {
            Map<String, Uuid> ids = ids(admin);
            Map<String, List<Long>> ends = ends(admin, tableTopics);
            Map<String, Integer> limits = limits(admin);
            learnedLimits.forEach((topic, limit) -> limits.merge(topic, limit, Math::min));
            return new KafkaChangePublisher(
                    clients,
                    limits,
                    ends,
                    new TopicWatch(clients.admin(), ids),
                    (topic, size) -> learnedLimits.merge(topic, size / 2, Math::min));
        }
    }

    private Map<String, Uuid> ids(Admin admin) {
        List<String> names = wanted.stream().map(NewTopic::name).toList();
        Map<String, Uuid> ids = new HashMap<>();
        describe(admin, names).forEach((topic, description) -> ids.put(topic, description.topicId()));
        return ids;
    }

    private static Map<String, TopicDescription> describe(Admin admin, List<String> names) {
        return get(admin.describeTopics(names).allTopicNames(), "describe topics " + names);
    }

    private Map<String, List<Long>> ends(Admin admin, List<String> names) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        describe(admin, names)
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(p -> wanted.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest())));
        Map<String, List<Long>> ends = new TreeMap<>();
        var found = get(admin.listOffsets(wanted).all(), "list end offsets");
        found.entrySet().stream()
                .sorted(Comparator.comparingInt(end -> end.getKey().partition()))
                .forEach(end -> ends.computeIfAbsent(end.getKey().topic(), topic -> new ArrayList<>())
                        .add(end.getValue().offset()));
        return ends;
    }

    /** {@code max.message.bytes} of each table's topic; Kafka's default where it may not be read. */
    private Map<String, Integer> limits(Admin admin) {
        List<ConfigResource> resources = tableTopics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        Map<String, Integer> limits = new HashMap<>();
        admin.describeConfigs(resources).values().forEach((resource, described) -> {
            try {
                Config settings = get(described, "describe topic " + resource.name());
                ConfigEntry limit = settings.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                limits.put(
                        resource.name(), limit == null ? KAFKA_DEFAULT_MAX_MESSAGE : Integer.parseInt(limit.value()));
            } catch (ListenerException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
                limits.put(resource.name(), KAFKA_DEFAULT_MAX_MESSAGE);
            }
        });
        return limits;
    }

    private static <T> T get(KafkaFuture<T> future, String what) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            throw new ListenerException("Kafka: cannot " + what + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ListenerException("interrupted", e);
        }
    }
}
