package dev.freshet.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/** A Kafka broker, which is also its own controller, in a child JVM started by Kafka's public command line. */
final class EmbeddedKafka extends ChildServer implements KafkaServer {

    private final Map<String, String> settings;
    private final int controllerPort;

    /** @param settings those of the broker, which outrank the ones here */
    EmbeddedKafka(Place place, Map<String, String> settings) {
        super("kafka", "TERM", place);
        this.settings = Map.copyOf(settings);
        this.controllerPort = place.port("kafka-controller");
    }

    @Override
    void prepare() {
        writeProperties();
        Directories.write(file("java.args"), String.join("\n", javaArguments()) + "\n");
        if (!Files.exists(logs().resolve("meta.properties"))) {
            format();
        }
    }

    @Override
    List<String> command() {
        return java("kafka.Kafka", file("server.properties").toString());
    }

    @Override
    boolean isReady() throws IOException {
        return Wire.kafkaAnswers(port());
    }

    @Override
    public String bootstrapServers() {
        return address();
    }

    private void format() {
        List<String> format = new ArrayList<>(java("kafka.tools.StorageTool", "format"));
        format.addAll(List.of("--cluster-id", newClusterId(), "--ignore-formatted"));
        format.addAll(List.of("--config", file("server.properties").toString()));
        Program.run("the formatting of Kafka's directory", format, directory());
    }

    private List<String> java(String main, String argument) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The class path stands in a file: it would fill the part of the command line that can be read back.
        return List.of(java, "@" + file("java.args"), main, argument);
    }

    private List<String> javaArguments() {
        return List.of(
                "-Xms64m",
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-Dslf4j.provider=" + StandardErrorLogging.class.getName(),
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dlog4j2.statusLoggerLevel=OFF",
                "-cp",
                "\"" + classPath().replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }

    // Kafka's own jars first: its classes are looked for in each jar that stands before them.
    private static String classPath() {
        String separator = System.getProperty("path.separator");
        return String.join(
                separator,
                Arrays.stream(System.getProperty("java.class.path").split(separator))
                        .map(entry -> Path.of(entry).toAbsolutePath())
                        .sorted(Comparator.comparing(
                                entry -> !String.valueOf(entry.getFileName()).startsWith("kafka")))
                        .map(Path::toString)
                        .toList());
    }

    private void writeProperties() {
        Properties all = new Properties();
        all.setProperty("process.roles", "broker,controller");
        all.setProperty("node.id", "1");
        all.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        all.setProperty("listeners", "PLAINTEXT://" + address() + ",CONTROLLER://127.0.0.1:" + controllerPort);
        all.setProperty("advertised.listeners", "PLAINTEXT://" + address());
        all.setProperty("controller.listener.names", "CONTROLLER");
        all.setProperty("inter.broker.listener.name", "PLAINTEXT");
        all.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.setProperty("log.dirs", logs().toString());
        all.setProperty("auto.create.topics.enable", "false");
        all.setProperty("group.initial.rebalance.delay.ms", "0");
        all.setProperty("offsets.topic.num.partitions", "4");
        all.setProperty("offsets.topic.replication.factor", "1");
        all.setProperty("transaction.state.log.num.partitions", "4");
        all.setProperty("transaction.state.log.replication.factor", "1");
        all.setProperty("transaction.state.log.min.isr", "1");
        all.setProperty("share.coordinator.state.topic.num.partitions", "4");
        all.setProperty("share.coordinator.state.topic.replication.factor", "1");
        all.setProperty("share.coordinator.state.topic.min.isr", "1");
        all.setProperty("num.network.threads", "2");
        all.setProperty("num.io.threads", "4");
        // The default is 128 MB of heap.
        all.setProperty("log.cleaner.dedupe.buffer.size", "8388608");
        if (place().fsync()) {
            // On one node acks=all waits for no other node, and it never waits for the disk.
            all.setProperty("log.flush.interval.messages", "1");
        }
        all.putAll(settings);
        StringBuilder text = new StringBuilder();
        all.stringPropertyNames().stream()
                .sorted()
                .forEach(name -> text.append(name)
                        .append('=')
                        .append(all.getProperty(name).replace("\\", "\\\\").replace("\n", "\\n"))
                        .append('\n'));
        Directories.write(file("server.properties"), text.toString());
    }

    private Path file(String name) {
        return directory().resolve(name);
    }

    private Path logs() {
        return directory().resolve("data");
    }

    private static String newClusterId() {
        UUID random = UUID.randomUUID();
        ByteBuffer bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }
}
