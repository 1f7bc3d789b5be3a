package dev.freshet.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's look at a running pipeline: whose fault it is, and what was parked. */
class ConsoleIT {

    private static final String NAME = "console";
    private static final String TOKEN = "0123456789abcdef-token";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final EmbeddedStack stack = EmbeddedStack.shared();
    private final PostgresServer postgres = stack.postgres();
    private final ScheduledExecutorService load = Executors.newSingleThreadScheduledExecutor();

    @TempDir
    private Path directory = Path.of("");

    private Path config = Path.of("");
    private String address = "";

    @BeforeEach
    void layOut() throws SQLException, IOException {
        execute("postgres", "CREATE DATABASE " + NAME);
        execute(
                NAME,
                "CREATE TABLE books (id bigint PRIMARY KEY, author_id int NOT NULL, title text)",
                "ALTER TABLE books REPLICA IDENTITY FULL",
                "INSERT INTO books SELECT i, i % 50, 'title ' || i FROM generate_series(1, 1000) i");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + free.getLocalPort();
        }
        config = configuration("freshet", address);
    }

    private Path configuration(String file, String http) {
        Map<String, Object> caches = Map.of(
                "book", Map.of("table", "public.books", "key", "book:{id}"),
                "author-books", Map.of("table", "public.books", "key", "author:{author_id}:books"),
                "card",
                        Map.of(
                                "table", "public.books",
                                "key", "card:{id}",
                                "on-change", "refresh",
                                "value", Map.of("columns", java.util.List.of("id", "title"))));
        Path place = directory.resolve(file);
        place.toFile().mkdirs();
        Path written = ConfigText.write(
                place,
                Map.of(
                        "pipeline",
                        NAME,
                        "postgres",
                        SetUp.login(postgres.jdbcUrl(NAME)),
                        "kafka",
                        Map.of(
                                "bootstrap-servers",
                                stack.kafka().bootstrapServers(),
                                "topics",
                                Map.of("partitions", 4, "replication", 1)),
                        "redis",
                        Map.of("url", stack.redis().url()),
                        "listener",
                        Map.of("http", "127.0.0.1:0"),
                        "writer",
                        Map.of("http", http, "console-token", TOKEN),
                        "caches",
                        caches));
        return SetUp.run(postgres, NAME, written);
    }

    @AfterEach
    void clear() throws SQLException, InterruptedException {
        load.shutdownNow();
        load.awaitTermination(10, TimeUnit.SECONDS);
        execute(
                "postgres",
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE slot_name = '" + NAME
                        + "'",
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + NAME + "'",
                "DROP DATABASE " + NAME + " WITH (FORCE)");
    }

    private void execute(String database, String... sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    private Freshet start(String part, Path file) {
        return Freshet.start(directory, part, "--config", file.toString());
    }

    private void keepChanging() {
        var unused = load.scheduleWithFixedDelay(
                () -> {
                    try {
                        execute(
                                NAME,
                                "UPDATE books SET title = title || '.' WHERE id % 100 = 0 AND length(title) < 900");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                },
                0,
                200,
                TimeUnit.MILLISECONDS);
    }

    @Test
    void thePageSaysWhichStageIsBehind() throws Exception {
        keepChanging();
        try (Freshet listener = start("listener", config).awaitReady(PATIENCE);
                Freshet first = start("writer", config).awaitReady(PATIENCE);
                ConsolePage console = ConsolePage.open("http://" + address, PATIENCE)) {
            Page page = console.page();
            console.await("told", () -> console.verdict().equals("ok") && console.staleness() < 10);
            page.evaluate("() => { window.sameDocument = true; }");
            console.look("fresh");
            readTheChartByKeys(page);
            assertThat(Accessibility.walk(page))
                    .as("what the tab key reaches")
                    .contains("A Skip to the content", "BUTTON letters-refresh", "INPUT token", "SELECT explain-table")
                    .contains(
                            "TEXTAREA explain-before",
                            "BUTTON Explain",
                            "DIV Staleness: a moment of the last ten minutes");

            first.suspend();
            console.await("told", () -> console.title().contains("The writer does not answer since"));
            assertThat(console.verdict()).isEqualTo("away");
            assertThat(console.stage("writer").getAttribute("class")).contains("worst");
            assertThat(page.locator("#announce").textContent()).startsWith("The writer does not answer");
            assertThat(page.locator("#link").textContent()).isEqualTo("not connected");
            double early = console.staleness();
            console.await(
                    "staleness rises by the page's own clock", () -> console.staleness() > Math.max(12, early + 3));
            console.look("writer-silent");

            first.kill();
            try (Freshet second = start("writer", config).awaitReady(PATIENCE)) {
                console.await(
                        "it connects by itself, and the lag falls",
                        () -> console.verdict().equals("ok") && console.staleness() < 10);
                assertThat(page.evaluate("() => window.sameDocument")).isEqualTo(true);
                assertThat(page.locator("#announce").textContent()).isEqualTo("The caches are fresh");
                assertThat(highestStaleness(console)).as("the chart remembers").isGreaterThan(10);
                assertThat(second.isAlive()).isTrue();

                listener.kill();
                console.await("told", () -> console.title().equals("The listener is behind"));
                assertThat(console.verdict()).isEqualTo("broken");
                assertThat(page.locator("#verdict-mend").textContent()).isEqualTo("→ start a listener");
                assertThat(console.stage("writer").getAttribute("data-state")).isEqualTo("ok");
                console.look("listener-behind");
                try (Freshet again = start("listener", config).awaitReady(PATIENCE)) {
                    console.await("told", () -> console.verdict().equals("ok"));
                    assertThat(again.isAlive()).isTrue();
                    console.look("after");
                }
            }
            console.checkPeace("http://" + address);
        }
    }

    @Test
    void recordsThatNoWriterAppliesAreCountedUntilAnotherDoes() throws Exception {
        try (Freshet listener = start("listener", config).awaitReady(PATIENCE);
                Freshet seen = start("writer", config).awaitReady(PATIENCE);
                Freshet other =
                        start("writer", configuration("other", "127.0.0.1:0")).awaitReady(PATIENCE);
                ConsolePage console = ConsolePage.open("http://" + address, PATIENCE)) {
            keepChanging();
            console.await("told", () -> console.verdict().equals("ok") && console.waiting() >= 0);
            console.await("told", () -> console.stage("writer").textContent().contains("writers2"));

            other.suspend();

            console.await("lag rises", () -> console.waiting() > 60);
            console.await(
                    "the other's partitions are dealt to the one that works",
                    () -> console.waiting() >= 0 && console.waiting() < 40 && console.staleness() < 10);
            assertThat(seen.isAlive() && listener.isAlive()).isTrue();
            other.kill();
        }
    }

    @Test
    void whatWasParkedIsRetriedAndDropped() throws Exception {
        try (Freshet listener = start("listener", config).awaitReady(PATIENCE);
                Freshet writer = start("writer", config).awaitReady(PATIENCE);
                ConsolePage console = ConsolePage.open("http://" + address, PATIENCE)) {
            Page page = console.page();
            console.await(
                    "told",
                    () -> page.locator("#letter-rows").textContent().contains("None: every record was applied"));
            store("s3cret, and no JSON");
            Locator parked = page.locator("#letter-rows li[data-id]");
            console.await("it is parked", () -> parked.count() == 1);
            console.await("told", () -> console.verdict().equals("warn"));
            assertThat(console.title()).isEqualTo("1 record could not be applied");
            assertThat(parked.nth(0).textContent()).contains("public.books").contains("is no JSON");
            assertThat(page.content()).doesNotContain("s3cret");
            console.look("parked");
            Locator result = page.locator("#letters-result");

            Locator retry = parked.nth(0).locator("button", new Locator.LocatorOptions().setHasText("Retry"));
            retry.click();
            assertThat(result.textContent()).isEqualTo("Type the console token first.");
            page.locator("#token").fill("wrong-wrong-wrong-wrong");
            retry.click();
            console.await("told", () -> result.textContent().contains("this is not the token"));
            assertThat(parked.count()).isEqualTo(1);

            page.locator("#token").fill(TOKEN);
            String before = String.valueOf(parked.nth(0).getAttribute("data-id"));
            retry.press("Enter");
            console.await("published", () -> result.textContent().contains("was published again"));
            console.await(
                    "as bad as before, under another number",
                    () -> parked.count() == 1 && !before.equals(parked.nth(0).getAttribute("data-id")));

            parked.nth(0)
                    .locator("button", new Locator.LocatorOptions().setHasText("Drop"))
                    .press("Enter");
            page.locator("#confirm[open]").waitFor();
            page.keyboard().press("Escape");
            assertThat(parked.count()).as("kept").isEqualTo(1);
            parked.nth(0)
                    .locator("button", new Locator.LocatorOptions().setHasText("Drop"))
                    .press("Enter");
            page.locator("#confirm-yes").press("Enter");
            console.await("told", () -> parked.count() == 0 && console.verdict().equals("ok"));

            explain(console);
            console.look("explained");
            console.checkPeace("http://" + address);
            assertThat(writer.errors())
                    .as("who did what")
                    .anyMatch(line -> line.contains("retry of dead letter 0:0 through the console, by 127.0.0.1"))
                    .anyMatch(line -> line.contains("was refused to 127.0.0.1: wrong token"))
                    .noneMatch(line -> line.contains(TOKEN) || line.contains("wrong-wrong"));
            assertThat(listener.isAlive()).isTrue();
        }
    }

    private static void readTheChartByKeys(Page page) {
        Locator chart = page.locator("#chart-staleness [role=slider]");
        chart.focus();
        page.keyboard().press("ArrowLeft");
        assertThat(chart.getAttribute("aria-valuenow")).isEqualTo("-5");
        assertThat(chart.getAttribute("aria-valuetext")).matches("\\d\\d:\\d\\d:\\d\\d: .*");
        page.keyboard().press("Home");
        assertThat(chart.getAttribute("aria-valuenow")).isEqualTo("-600");
        page.keyboard().press("Escape");
        assertThat(chart.getAttribute("aria-valuetext")).matches("now: [0-9.]+ s");
    }

    /** As the text beside the chart has it. */
    private static double highestStaleness(ConsolePage console) {
        Page page = console.page();
        page.locator("#chart-staleness summary").click();
        Locator cells = page.locator("#chart-staleness td");
        console.await("told", () -> cells.count() > 0);
        double highest = cells.allTextContents().stream()
                .filter(text -> text.endsWith(" s"))
                .mapToDouble(text -> Double.parseDouble(text.replaceAll("[^0-9.]", "")))
                .max()
                .orElse(0);
        page.locator("#chart-staleness summary").click();
        return highest;
    }

    private static void explain(ConsolePage console) {
        Page page = console.page();
        page.locator("#explain-table").selectOption("public.books");
        page.locator("#explain-before").fill("{\"id\": 7, \"author_id\": 1");
        page.locator("#explain-after").fill("{\"author_id\": 2}");
        page.locator("#explain-form button").press("Enter");
        console.await(
                "told",
                () -> page.locator("#explain-before-error").textContent().contains("is no JSON"));
        assertThat(page.locator("#explain-before").getAttribute("aria-invalid")).isEqualTo("true");
        page.locator("#explain-before").fill("{\"id\": 7, \"author_id\": 1}");
        page.locator("#explain-form button").press("Enter");
        Locator answer = page.locator("#explain-result");
        console.await("told", () -> answer.textContent().contains("updated public.books"));
        assertThat(answer.textContent()).contains("author:1:books", "author:2:books", "card:7");
    }

    private void store(String value) throws InterruptedException, ExecutionException {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(NAME + ".public.books", value)).get();
        }
    }
}
