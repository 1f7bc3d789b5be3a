package dev.freshet.system.kafka;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A standalone worker of Kafka Connect with Debezium, as a child process on a class path that Maven resolves: the product
 * has no REST server of Connect's. Talked to over its REST interface. Confined to one thread.
 */
final class ConnectWorker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path log;
    private final String address;
    private final List<String> command;
    private final Map<String, String> environment;
    private Process process;

    private ConnectWorker(Path log, String address, List<String> command, Map<String, String> environment) {
        this.log = log;
        this.address = address;
        this.command = command;
        this.environment = environment;
        this.process = launch();
    }

    /** @param environment what the connectors' placeholders name */
    static ConnectWorker start(Path directory, String bootstrapServers, Map<String, String> environment) {
        try {
            Path classPath = directory.resolve("connect.classpath");
            resolve(directory, classPath);
            int port;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            String rest = "http://127.0.0.1:" + port;
            Path properties = Files.writeString(
                    directory.resolve("connect.properties"),
                    String.join(
                            "\n",
                            "bootstrap.servers=" + bootstrapServers,
                            "listeners=" + rest,
                            "key.converter=org.apache.kafka.connect.storage.StringConverter",
                            "value.converter=org.apache.kafka.connect.storage.StringConverter",
                            "offset.storage.file.filename=" + directory.resolve("connect.offsets"),
                            "offset.flush.interval.ms=1000",
                            "plugin.discovery=service_load",
                            "config.providers=env",
                            "config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider"));
            Path logging = Files.writeString(
                    directory.resolve("logback.xml"),
                    "<configuration><appender name='OUT' class='ch.qos.logback.core.ConsoleAppender'><encoder>"
                            + "<pattern>%d %level %logger{0} %msg%n</pattern></encoder></appender>"
                            + "<root level='INFO'><appender-ref ref='OUT'/></root></configuration>");
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx384m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Dlogback.configurationFile=" + logging,
                    "-cp",
                    Files.readString(classPath).strip(),
                    "org.apache.kafka.connect.cli.ConnectStandalone",
                    properties.toString());
            ConnectWorker worker = new ConnectWorker(directory.resolve("connect.log"), rest, command, environment);
            worker.awaitUp();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void resolve(Path directory, Path classPath) throws IOException {
        Path said = directory.resolve("resolving.log");
        try {
            Process maven = new ProcessBuilder(
                            "mvn",
                            "-q",
                            "-B",
                            "-o",
                            "-Dquick",
                            "-f",
                            pom().toString(),
                            "dependency:build-classpath",
                            "-DincludeScope=runtime",
                            "-Dmdep.outputFile=" + classPath)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!maven.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || maven.exitValue() != 0) {
                maven.destroy();
                throw new IllegalStateException(
                        "Maven does not resolve " + pom() + "; run it once without -o: " + Files.readString(said));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Path pom() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path pom = at.resolve("benchmarks").resolve("connect").resolve("pom.xml");
            if (Files.exists(pom)) {
                return pom;
            }
        }
        throw new IllegalStateException(
                "no benchmarks/connect/pom.xml above " + Path.of("").toAbsolutePath());
    }

    private Process launch() {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitUp() {
        try {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> call("GET", "/connectors", "").isArray());
        } catch (ConditionTimeoutException e) {
            close();
            throw new AssertionError("no worker" + lastWords(), e);
        }
    }

    /** @param connector what {@code POST /connectors} takes */
    void create(String connector) throws IOException {
        call("POST", "/connectors", connector);
    }

    /** Returns when the connector's task is in that state. */
    void awaitState(String name, String state) {
        try {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> state(name).equals(state));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no task that is " + state + lastWords(), e);
        }
    }

    private String state(String name) throws IOException {
        return call("GET", "/connectors/" + name + "/status", "")
                .path("tasks")
                .path(0)
                .path("state")
                .asText();
    }

    void delete(String name) throws IOException {
        call("DELETE", "/connectors/" + name, "");
    }

    private JsonNode call(String method, String path, String body) throws IOException {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(address + path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Content-Type", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(
                        method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            return JsonMapper.builder().build().readTree(response.body().isEmpty() ? "{}" : response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends it in good order and starts it again; connectors are to be made anew, since standalone workers forget them. */
    void restart() {
        close();
        process = launch();
        awaitUp();
    }

    String lastWords() {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(log));
            return "\n--- worker:\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().onExit().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
