package dev.freshet.system.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/** Kafka brokers, each its own controller too, as child processes on the loopback. Confined to one thread. */
final class Cluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path directory;
    private final List<Node> nodes;
    private final Map<Integer, Process> running = new TreeMap<>();

    /** @param clients the port of the listener for clients, which the settings say more about */
    private record Node(int id, int plain, int controller, int clients) {

        String controllerName() {
            return id + "@127.0.0.1:" + controller;
        }
    }

    private Cluster(Path directory, List<Node> nodes) {
        this.directory = directory;
        this.nodes = nodes;
    }

    /**
     * Starts them.
     *
     * @param settings of each broker, which outrank the ones here; the listener {@code CLIENTS} is what they say of it
     */
    static Cluster start(Path directory, int brokers, Map<String, String> settings) {
        List<Node> nodes = IntStream.rangeClosed(1, brokers)
                .mapToObj(id -> new Node(id, freePort(), freePort(), freePort()))
                .toList();
        Cluster cluster = new Cluster(directory, nodes);
        try {
            String id = Uuid.randomUuid().toString();
            for (Node node : nodes) {
                cluster.format(node, id, settings);
            }
            nodes.forEach(cluster::launch);
            cluster.awaitBrokers(brokers);
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void format(Node node, String clusterId, Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(node.id()));
        all.put(
                "controller.quorum.voters",
                nodes.stream().map(Node::controllerName).collect(Collectors.joining(",")));
        String addresses = "PLAINTEXT://127.0.0.1:" + node.plain() + ",CLIENTS://127.0.0.1:" + node.clients();
        all.put("listeners", addresses + ",CONTROLLER://127.0.0.1:" + node.controller());
        all.put("advertised.listeners", addresses);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT");
        all.put("log.dirs", directory.resolve("broker-" + node.id()).toString());
        all.put("auto.create.topics.enable", "false");
        all.put("group.initial.rebalance.delay.ms", "0");
        int copies = Math.min(3, nodes.size());
        for (String topic : List.of("offsets.topic.", "transaction.state.log.", "share.coordinator.state.topic.")) {
            all.put(topic + "num.partitions", "4");
            all.put(topic + "replication.factor", Integer.toString(copies));
        }
        all.put("transaction.state.log.min.isr", Integer.toString(Math.min(2, copies)));
        all.put("share.coordinator.state.topic.min.isr", Integer.toString(Math.min(2, copies)));
        all.put("log.cleaner.dedupe.buffer.size", "8388608");
        all.put("num.network.threads", "2");
        all.put("num.io.threads", "4");
        all.putAll(settings);
        String text = all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().replace("\\", "\\\\") + "\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(properties(node), text);
            Files.writeString(directory.resolve("java.args"), String.join("\n", options()));
            Process format = new ProcessBuilder(command(
                            "kafka.tools.StorageTool",
                            "format",
                            "--cluster-id=" + clusterId,
                            "--config",
                            properties(node).toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(log(node).toFile())
                    .start();
            if (format.waitFor() != 0) {
                throw new IllegalStateException("formatting failed: " + Files.readString(log(node)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Path properties(Node node) {
        return directory.resolve("broker-" + node.id() + ".properties");
    }

    private Path log(Node node) {
        return directory.resolve("broker-" + node.id() + ".log");
    }

    private List<String> command(String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + directory.resolve("java.args"),
                main));
        command.addAll(List.of(arguments));
        return command;
    }

    private static List<String> options() {
        String separator = System.getProperty("path.separator");
        // Kafka's own jars first: its classes are looked for in each jar that stands before them.
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(separator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .sorted(Comparator.comparing(
                        entry -> !String.valueOf(entry.getFileName()).startsWith("kafka")))
                .map(Path::toString)
                .collect(Collectors.joining(separator));
        return List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dslf4j.provider=dev.freshet.stack.StandardErrorLogging",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dlog4j2.statusLoggerLevel=OFF",
                "-cp",
                "\"" + classPath + "\"");
    }

    private void launch(Node node) {
        try {
            running.put(
                    node.id(),
                    new ProcessBuilder(command("kafka.Kafka", properties(node).toString()))
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(log(node).toFile()))
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when so many are in the cluster. */
    void awaitBrokers(int count) {
        try (Admin admin = admin()) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreExceptions()
                    .until(() -> admin.describeCluster().nodes().get().size() == count);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("no " + count + " brokers; see " + directory, e);
        }
    }

    /** Without credentials: who may do everything. */
    String bootstrapServers() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.plain()).collect(Collectors.joining(","));
    }

    /** Of the listener {@code CLIENTS}. */
    String clients() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.clients()).collect(Collectors.joining(","));
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers(), "default.api.timeout.ms", "60000"));
    }

    /** The broker that leads a topic's first partition. */
    int leader(String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = admin()) {
            TopicDescription described = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next();
            return described.partitions().get(0).leader().id();
        }
    }

    /** SIGKILL; returns when it is gone. */
    void kill(int broker) {
        Objects.requireNonNull(running.get(broker)).destroyForcibly().onExit().join();
    }

    void startAgain(int broker) {
        nodes.stream().filter(node -> node.id() == broker).forEach(this::launch);
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        running.values().forEach(process -> process.onExit().join());
    }
}
