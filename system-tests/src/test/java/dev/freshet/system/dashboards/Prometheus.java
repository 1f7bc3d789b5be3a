package dev.freshet.system.dashboards;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.system.process.Freshet;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** A real Prometheus with the shipped configuration and rules, on loopback. Thread-safe. */
final class Prometheus implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Pattern ADDRESS = Pattern.compile("msg=\"Listening on\" address=(\\S+)");

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Freshet process;
    private final URI address;

    private Prometheus(Freshet process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** A program of Debian's package. */
    static Path program(String name) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " on the PATH, which this test of -Pfull needs:"
                        + " apt-get install prometheus, or from https://prometheus.io/download"));
    }

    /** Scrapes each second; everything else is as it is shipped. */
    static Prometheus start(Path directory, List<String> targets) {
        ObjectNode config = (ObjectNode) Shipped.yaml(Shipped.PROMETHEUS.resolve("prometheus.yml"));
        config.putObject("global").put("scrape_interval", "1s").put("evaluation_interval", "1s");
        config.putArray("rule_files")
                .add(Shipped.PROMETHEUS.resolve("alerts.yml").toString());
        targets.forEach(((ObjectNode) config.path("scrape_configs")
                        .path(0)
                        .path("static_configs")
                        .path(0))
                .putArray("targets")::add);
        Path file = directory.resolve("prometheus.yml");
        try {
            Files.writeString(file, config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Freshet process = Freshet.launch(
                directory,
                "prometheus",
                List.of(
                        program("prometheus").toString(),
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + directory.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:0"),
                Map.of());
        try {
            await("Prometheus").atMost(START).until(() -> address(process).isPresent() || !process.isAlive());
            return new Prometheus(
                    process, address(process).orElseThrow(() -> new AssertionError("ended" + process.lastWords())));
        } catch (RuntimeException | AssertionError e) {
            process.close();
            throw e;
        }
    }

    private static Optional<URI> address(Freshet process) {
        return ADDRESS.matcher(String.join("\n", process.errors()))
                .results()
                .map((MatchResult line) -> URI.create("http://" + line.group(1)))
                .findFirst();
    }

    /** The values of an expression now, with the labels of each; fails where it is no PromQL. */
    List<Sample> query(String expression) {
        JsonNode answer = send("/api/v1/query", "query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        return StreamSupport.stream(answer.path("result").spliterator(), false)
                .map(one -> new Sample(
                        one.path("metric").toString(),
                        number(one.path("value").path(1).asText())))
                .toList();
    }

    /** @param labels as JSON */
    record Sample(String labels, double value) {}

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** The names of the alerts in the state. */
    List<String> alerts(String state) {
        return StreamSupport.stream(send("/api/v1/alerts", "").path("alerts").spliterator(), false)
                .filter(alert -> alert.path("state").asText().equals(state))
                .map(alert -> alert.path("labels").path("alertname").asText())
                .toList();
    }

    private JsonNode send(String path, String form) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(30));
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form));
        }
        try {
            JsonNode answer = json.readTree(
                    http.send(request.build(), BodyHandlers.ofString()).body());
            if (!answer.path("status").asText().equals("success")) {
                throw new AssertionError(
                        path + " " + form + ": " + answer.path("error").asText());
            }
            return answer.path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
