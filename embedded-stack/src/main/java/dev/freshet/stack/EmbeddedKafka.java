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
        Map<String, String> all = Settings.kafka(place().fsync(), settings);
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        all.put("listeners", "PLAINTEXT://" + address() + ",CONTROLLER://127.0.0.1:" + controllerPort);
        // A test may stand a proxy between.
        all.putIfAbsent("advertised.listeners", "PLAINTEXT://" + address());
        all.put("controller.listener.names", "CONTROLLER");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", logs().toString());
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) -> text.append(name)
                .append('=')
                .append(value.replace("\\", "\\\\"))
                .append('\n'));
        Directories.write(file("server.properties"), text.toString());
    }

    private Path file(String name) {
        return directory().resolve(name);
    }

    private Path logs() {
        return directory().resolve("data");
    }

    /** A random one that does not look like an option of the command line, as Kafka's own never do. */
    static String newClusterId() {
        String id;
        do {
            UUID random = UUID.randomUUID();
            ByteBuffer bytes = ByteBuffer.allocate(16)
                    .putLong(random.getMostSignificantBits())
                    .putLong(random.getLeastSignificantBits());
            id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
        } while (id.startsWith("-"));
        return id;
    }
}
