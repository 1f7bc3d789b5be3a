package dev.freshet.system.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.dashboards.Dashboard.Panel;
import dev.freshet.system.dashboards.Prometheus.Sample;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped dashboard and alerts, asked of a real Prometheus that scrapes a listener and a writer at work. It needs
 * {@code prometheus} and {@code promtool} on the PATH.
 */
@Tag("full")
@TestMethodOrder(OrderAnnotation.class)
class DashboardIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String PIPELINE = "dashboards";

    @TempDir
    private static Path directory;

    private static EmbeddedStack stack;
    private static Changes changes;
    private static Freshet listener;
    private static Freshet writer;
    private static Prometheus prometheus;

    @BeforeAll
    static void start() throws SQLException, IOException {
        // Before anything is started: whether it can be played at all.
        Prometheus.program("prometheus");
        Prometheus.program("promtool");
        stack = EmbeddedStack.builder().postgres().redis().kafka().start();
        changes = Changes.begin(stack.postgres());
        listener = part("listener", 0);
        writer = part("writer", 0);
        listener.awaitReady(PATIENCE);
        writer.awaitReady(PATIENCE);
        changes.goOn();
        prometheus =
                Prometheus.start(directory, List.of(target(listener, "listener-http"), target(writer, "writer-http")));
    }

    private static Freshet part(String command, int port) throws IOException {
        Map<String, Object> caches = new LinkedHashMap<>();
        caches.put("book", Map.of("table", "public.books", "key", "book:{id}"));
        caches.put(
                "card",
                Map.of(
                        "table",
                        "public.books",
                        "key",
                        "card:{id}",
                        "on-change",
                        "refresh",
                        "value",
                        Map.of("format", "json", "columns", List.of("id", "title"))));
        caches.put(
                "shelf-label",
                Map.of(
                        "table",
                        "public.books",
                        "key",
                        "label:{genre}",
                        "on-change",
                        "refresh",
                        "query",
                        "select json_build_object('books', count(*)) from public.books where genre = :genre",
                        "ttl",
                        "1h"));
        caches.put("search", Map.of("table", "public.books", "tag", "genre:{genre}", "members", "search:*"));
        Path own = Files.createDirectories(directory.resolve(command + port));
        Path config = ConfigText.write(
                own,
                Map.of(
                        "pipeline",
                        PIPELINE,
                        "postgres",
                        SetUp.login(stack.postgres().jdbcUrl("postgres")),
                        "kafka",
                        Map.of(
                                "bootstrap-servers",
                                stack.kafka().bootstrapServers(),
                                "topics",
                                Map.of("partitions", 3, "replication", 1)),
                        "redis",
                        Map.of("url", stack.redis().url()),
                        "listener",
                        Map.of("http", "127.0.0.1:" + port),
                        "writer",
                        Map.of("http", "127.0.0.1:" + port, "fence-window", "10s"),
                        "caches",
                        caches));
        SetUp.run(stack.postgres(), "postgres", config);
        return Freshet.start(own, command, "--config", config.toString());
    }

    private static String target(Freshet part, String name) {
        return URI.create(part.address(name).orElseThrow()).getAuthority();
    }

    @AfterAll
    static void end() throws Exception {
        for (AutoCloseable one : new AutoCloseable[] {prometheus, writer, listener, changes, stack}) {
            if (one != null) {
                one.close();
            }
        }
    }

    @Test
    @Order(1)
    void promtoolAcceptsTheRulesAndEachAlertFiresWhereItShould() {
        Path config = Shipped.PROMETHEUS.resolve("prometheus.yml");
        Path rules = Shipped.PROMETHEUS.resolve("alerts.yml");
        promtool("check", "config", config.toString());
        promtool("check", "rules", rules.toString());
        promtool("test", "rules", Shipped.PROMETHEUS.resolve("alerts_test.yml").toString());
    }

    private static void promtool(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(Prometheus.program("promtool").toString()));
        command.addAll(List.of(arguments));
        try (Freshet run = Freshet.launch(directory, "promtool", command, Map.of())) {
            assertThat(run.exitCode(Duration.ofMinutes(2)))
                    .describedAs("%s%s", command, run.lastWords())
                    .isZero();
        }
    }

    @Test
    @Order(2)
    void everyPanelHasSomethingToShow() {
        List<Panel> panels = Dashboard.shipped().drawn();
        int asked = 0;
        for (Panel panel : panels) {
            for (Map.Entry<String, String> one : panel.expressions().entrySet()) {
                String expression = filledIn(one.getValue());
                String place = panel.title() + " " + one.getKey() + ": " + expression;
                await(place).atMost(PATIENCE).until(() -> hasNumber(prometheus.query(expression)));
                asked++;
            }
        }
        for (String annotation : Dashboard.shipped().annotations()) {
            prometheus.query(filledIn(annotation));
        }
        assertThat(asked).isGreaterThan(panels.size());
        assertThat(changes.failure()).isEmpty();
        System.out.println("dashboard: " + asked + " expressions of " + panels.size() + " panels, each with data");
    }

    private static boolean hasNumber(List<Sample> samples) {
        return samples.stream().anyMatch(sample -> Double.isFinite(sample.value()));
    }

    /** As Grafana does, for scrapes each second. */
    private static String filledIn(String expression) {
        String filled = expression
                .replace("$pipeline", PIPELINE)
                .replace("$__rate_interval", "20s")
                .replace("$__range_s", "300")
                .replace("$__range", "300s");
        assertThat(filled).doesNotContain("$");
        return filled;
    }

    /** The first attach is a gap, and that is told for a quarter of an hour. */
    @Test
    @Order(3)
    void nothingButTheFirstAttachIsToldOfAPipelineAtWork() {
        await().atMost(PATIENCE).until(() -> prometheus.alerts("firing").contains("FreshetGap"));
        assertThat(prometheus.alerts("firing")).containsOnly("FreshetGap");
        assertThat(prometheus.alerts("pending")).isEmpty();
        for (Alert alert : Alert.shipped()) {
            if (!alert.name().equals("FreshetGap")) {
                assertThat(prometheus.query(alert.expression()))
                        .describedAs(alert.name())
                        .isEmpty();
            }
        }
    }

    @Test
    @Order(4)
    void theStoppedWriterIsToldUntilItIsBack() throws IOException {
        Alert stale = Alert.named("FreshetStale");
        int port = URI.create(writer.address("writer-http").orElseThrow()).getPort();
        long stopped = System.nanoTime();
        assertThat(writer.terminate(Duration.ofSeconds(30)))
                .describedAs(writer.lastWords())
                .isZero();

        await("its expression")
                .atMost(PATIENCE)
                .until(() -> !prometheus.query(stale.expression()).isEmpty());
        long seen = System.nanoTime();
        assertThat(prometheus.query(stale.expression())).allSatisfy(sample -> {
            assertThat(sample.labels()).contains(PIPELINE);
            assertThat(sample.value()).isGreaterThan(60);
        });
        await("the alert")
                .atMost(PATIENCE)
                .until(() -> prometheus.alerts("firing").contains(stale.name()));
        long fired = System.nanoTime();
        await("the process")
                .atMost(PATIENCE)
                .until(() -> prometheus.alerts("firing").contains("FreshetTargetDown"));
        assertThat(prometheus.alerts("firing")).doesNotContain("FreshetListenerNotStreaming", "FreshetSlotHoldsWal");

        writer = part("writer", port);
        writer.awaitReady(PATIENCE);
        await("both gone").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(prometheus.query(stale.expression())).isEmpty();
            assertThat(prometheus.alerts("firing")).doesNotContain(stale.name(), "FreshetTargetDown");
        });
        System.out.println("stopped writer: expression true after " + seconds(stopped, seen) + " s, alert firing after "
                + seconds(stopped, fired) + " s");
    }

    private static long seconds(long from, long to) {
        return Duration.ofNanos(to - from).toSeconds();
    }
}
