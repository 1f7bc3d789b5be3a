package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.listener.PipelineTopics;
import dev.freshet.listener.TopicCommand;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.deadletter.DeadLetterTopic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RetriableException;

/** Whether the topics stand or may be made, and this user may do there what its command does. Changes nothing. */
final class TopicCheck {

    private static final int LIMIT_SECONDS = 10;
    private static final Pattern USER = Pattern.compile("username=\"([^\"']+)\"");

    private final FreshetConfig config;
    private final Set<Part> parts;
    private final Findings findings;
    private final String servers;
    private final Map<String, NewTopic> made = new LinkedHashMap<>();
    private final Map<String, Set<AclOperation>> needed = new LinkedHashMap<>();

    TopicCheck(FreshetConfig config, Set<Part> parts, Findings findings) {
        this.config = config;
        this.parts = parts;
        this.findings = findings;
        this.servers = config.kafka().bootstrapServers().orElse("").replace(" ", "");
        PipelineTopics.of(config).forEach(topic -> made.put(topic.name(), topic));
        NewTopic deadLetters = new DeadLetterTopic(config, servers).wanted();
        made.put(deadLetters.name(), deadLetters);
    }

    void check(Admin admin, int brokers) throws ExecutionException, InterruptedException, TimeoutException {
        if (!parts.contains(Part.PUBLISHING) && !parts.contains(Part.CONSUMING)) {
            return;
        }
        Set<String> standing = get(admin.listTopics().names());
        boolean foreign = isForeign(admin, standing);
        need(foreign);
        List<String> missing = needed.keySet().stream()
                .filter(topic -> !standing.contains(topic))
                .toList();
        if (!missing.isEmpty()) {
            // Topics that stand do with the brokers that are left.
            enough(brokers);
        }
        for (String topic : missing) {
            mayMake(admin, topic);
        }
        List<String> there = needed.keySet().stream().filter(standing::contains).toList();
        rights(admin, there);
        if (parts.contains(Part.CONSUMING)) {
            group(admin);
            if (foreign) {
                tellForeign(admin, config.topics().control());
            }
        }
    }

    /** Whether a Debezium of somebody else's writes the tables' topics: a listener makes the control topic before it does. */
    private boolean isForeign(Admin admin, Set<String> standing)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> tables = config.tables().stream()
                .map(config.topics()::of)
                .filter(standing::contains)
                .toList();
        return !standing.contains(config.topics().control()) && hasRecords(admin, tables);
    }

    private static boolean hasRecords(Admin admin, List<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        get(admin.describeTopics(topics).allTopicNames())
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(one -> ends.put(new TopicPartition(topic, one.partition()), OffsetSpec.latest())));
        return get(admin.listOffsets(ends).all()).values().stream().anyMatch(end -> end.offset() > 0);
    }

    /** Kafka says of no topic whether it stands to who may not know. */
    private static boolean isHidden(Admin admin, String topic) throws InterruptedException, TimeoutException {
        try {
            get(admin.describeTopics(List.of(topic)).allTopicNames());
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof AuthorizationException;
        }
    }

    private void need(boolean foreign) {
        List<String> tables = config.tables().stream().map(config.topics()::of).toList();
        if (parts.contains(Part.PUBLISHING) && !(foreign && parts.contains(Part.CONSUMING))) {
            tables.forEach(topic -> need(topic, AclOperation.WRITE));
            need(config.topics().control(), AclOperation.WRITE);
            need(config.topics().offsets(), AclOperation.WRITE);
            need(config.topics().offsets(), AclOperation.READ);
        }
        if (parts.contains(Part.CONSUMING)) {
            tables.forEach(topic -> need(topic, AclOperation.READ));
            if (!foreign) {
                need(config.topics().control(), AclOperation.READ);
            }
            need(config.topics().deadLetters(), AclOperation.WRITE);
        }
    }

    private void need(String topic, AclOperation operation) {
        needed.computeIfAbsent(topic, name -> EnumSet.noneOf(AclOperation.class))
                .add(operation);
    }

    private void enough(int brokers) {
        int copies = config.kafka().replication();
        if (brokers < copies) {
            findings.add(
                    Severity.WRONG,
                    "kafka.topics.replication",
                    "asks for " + copies + " copies, but the cluster has " + brokers + " broker"
                            + (brokers == 1 ? "" : "s") + "; write replication: " + brokers,
                    Mend.setting("kafka.topics.replication", Integer.toString(brokers)));
        }
    }

    private void mayMake(Admin admin, String topic) throws InterruptedException, TimeoutException {
        NewTopic wanted = made.get(topic);
        if (wanted == null) {
            return;
        }
        try {
            get(admin.createTopics(List.of(wanted), new CreateTopicsOptions().validateOnly(true))
                    .all());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException || e.getCause() instanceof PolicyViolationException) {
                List<Mend> mends = new ArrayList<>();
                mends.add(Mend.kafka(TopicCommand.create(servers, wanted)));
                mends.addAll(grants("--topic " + topic, needed.getOrDefault(topic, Set.of())));
                findings.add(
                        Severity.WRONG,
                        "kafka.topics",
                        "topic " + topic
                                + " is missing, and Kafka lets this user not make it (or it stands, and is hidden"
                                + " from this user); let somebody make it and grant its use",
                        mends);
            }
            // What else stands against it is told where it is made.
        }
    }

    private void rights(Admin admin, List<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, TopicDescription> described =
                get(admin.describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .allTopicNames());
        for (String topic : topics) {
            TopicDescription description = described.get(topic);
            // Brokers that cannot tell leave it out.
            Set<AclOperation> granted = description == null ? null : description.authorizedOperations();
            if (granted != null) {
                Set<AclOperation> lacking = EnumSet.noneOf(AclOperation.class);
                lacking.addAll(needed.getOrDefault(topic, Set.of()));
                lacking.removeAll(granted);
                if (!lacking.isEmpty()) {
                    refused("topic " + topic, "--topic " + topic, lacking);
                }
            }
        }
    }

    private void group(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        String group = config.consumerGroup();
        Set<AclOperation> read = Set.of(AclOperation.READ);
        try {
            var described = get(admin.describeConsumerGroups(
                            List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .all());
            for (ConsumerGroupDescription found : described.values()) {
                if (found.authorizedOperations() != null
                        && !found.authorizedOperations().containsAll(read)) {
                    refused("group " + group, "--group " + group, read);
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                refused("group " + group, "--group " + group, read);
            } else if (!(e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof RetriableException)) {
                throw e;
            }
            // A cluster that had no group yet takes its time to find a coordinator; the writer waits for it.
        }
    }

    private void refused(String what, String resource, Set<AclOperation> lacking) {
        findings.add(
                Severity.WRONG,
                "kafka.properties",
                "Kafka lets this user not " + words(lacking) + " " + what + "; grant it that",
                grants(resource, lacking));
    }

    private List<Mend> grants(String resource, Set<AclOperation> operations) {
        StringBuilder command = new StringBuilder(
                "kafka-acls.sh --bootstrap-server " + servers + " --add --allow-principal User:" + user());
        for (AclOperation operation : operations) {
            command.append(" --operation ").append(word(operation));
        }
        return List.of(Mend.kafka(command.append(' ').append(resource).toString()));
    }

    /** Who signs in by name and password; else a name to be replaced. */
    private String user() {
        Matcher user = USER.matcher(config.kafka().properties().getOrDefault("sasl.jaas.config", ""));
        return user.find() ? user.group(1) : "NAME";
    }

    private static String words(Set<AclOperation> operations) {
        return String.join(
                " or ",
                operations.stream()
                        .map(operation -> word(operation).toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static String word(AclOperation operation) {
        return operation == AclOperation.READ ? "Read" : "Write";
    }

    /** A topic that is hidden looks like one that is not there; the writer subscribes to it in any case, and would stop. */
    private void tellForeign(Admin admin, String control) throws InterruptedException, TimeoutException {
        if (isHidden(admin, control)) {
            refused("topic " + control, "--topic " + control, Set.of(AclOperation.READ));
            return;
        }
        findings.because("its changes are applied as a listener's are, but nobody tells what only a listener sees")
                .add(
                        Severity.NOTE,
                        "pipeline",
                        "another Debezium writes the tables' topics: there is no topic " + control
                                + ". So a slot that was lost, a restored database and an altered partition are not told and"
                                + " nothing is flushed for them ('freshet flush' does), and there is no watermark: reads that"
                                + " demand freshness go to the database");
    }

    private static <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
