package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.api.Json;
import dev.freshet.demo.arena.Arena;
import dev.freshet.demo.arena.Edit;
import dev.freshet.demo.arena.LoadSettings;
import dev.freshet.demo.arena.Reading;
import dev.freshet.demo.arena.Tour;
import dev.freshet.demo.arena.TourTable;
import dev.freshet.demo.strategy.Kind;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The strategies beside each other, the judge and the page's routes, on the demo's own servers and pipeline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ArenaIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long BOOK = 1;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Demo demo = Demo.start(0, new PrintStream(out, true, StandardCharsets.UTF_8));
    private final Arena arena = demo.comparison();
    private final PlainCache redis = PlainCache.open("redis://" + address("redis"), Duration.ofSeconds(10));

    private String address(String name) {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name + "\t"))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    @BeforeAll
    void begin() throws InterruptedException {
        demo.awaitReady(PATIENCE);
    }

    @AfterEach
    void rest() {
        arena.run(false);
    }

    @AfterAll
    void end() {
        redis.close();
        demo.close();
    }

    private Map<Kind, Reading> look() {
        return arena.look().stream().collect(Collectors.toMap(Reading::kind, reading -> reading));
    }

    private Reading of(Kind kind) {
        return Objects.requireNonNull(look().get(kind));
    }

    /** What the database itself says is never stale: else the judge were wrong. */
    @Test
    void aTtlServesOldPagesAndFreshetNoneOlderThanAnInvalidation() {
        arena.load(new LoadSettings(200, 40, 100));
        arena.run(true);

        await().atMost(PATIENCE)
                .until(() -> of(Kind.TTL).total().late() > 50
                        && of(Kind.APP).total().late() > 50
                        && of(Kind.FRESHET).total().hits() > 100
                        && arena.applied() > 20);

        Map<Kind, Reading> readings = look();
        assertThat(Objects.requireNonNull(readings.get(Kind.NONE)).total().stale())
                .isZero();
        assertThat(Objects.requireNonNull(readings.get(Kind.FRESHET)).total().broken())
                .isZero();
        assertThat(readings.values())
                .allSatisfy(reading -> assertThat(reading.total().failed()).isZero());
    }

    @Test
    void anEditBySqlLandsWithEveryStrategyThatHearsOfIt() throws Exception {
        Edit edit = arena.edit(BOOK, new BigDecimal("3.21")).orElseThrow();

        await().atMost(PATIENCE)
                .until(
                        () -> edit.landed().keySet(),
                        landed -> landed.contains(Kind.FRESHET)
                                && landed.contains(Kind.NOTIFY)
                                && landed.contains(Kind.NONE));
        assertThat(Json.read(Objects.requireNonNull(arena.pages(BOOK).get(Kind.FRESHET)))
                        .path("price")
                        .decimalValue())
                .isEqualByComparingTo("3.21");
        assertThat(arena.edit(999_999_999, BigDecimal.ONE)).isEmpty();
    }

    /** As if an invalidation had been lost: an old page stands where the new one should, after the change was applied. */
    @Test
    void aPlantedStalePageIsCountedAndFailsTheTour() throws Exception {
        assertThat(arena.edit(BOOK, new BigDecimal("7.77"))).isPresent();
        String old = Objects.requireNonNull(arena.pages(BOOK).get(Kind.NONE));
        Edit edit = arena.edit(BOOK, new BigDecimal("8.88")).orElseThrow();
        await().atMost(PATIENCE).until(() -> edit.landed().containsKey(Kind.FRESHET) && arena.pending() == 0);
        long before = of(Kind.FRESHET).broken();
        ScheduledExecutorService saboteur = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused = saboteur.scheduleWithFixedDelay(
                    () -> redis.set(Entry.of(Kind.FRESHET.prefix() + BOOK), old, Duration.ofMinutes(1)),
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            arena.load(new LoadSettings(200, 10, 100));
            arena.run(true);
            await().atMost(PATIENCE).until(() -> of(Kind.FRESHET).broken() > before);
            arena.run(false);
        } finally {
            saboteur.shutdownNow();
            assertThat(saboteur.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            redis.delete(Entry.of(Kind.FRESHET.prefix() + BOOK));
        }
        Tour.Outcome outcome = new Tour(arena, Duration.ofMillis(500)).play();

        assertThat(outcome.broken()).isPositive();
        assertThat(outcome.kept()).isFalse();
        assertThat(TourTable.lines(outcome)).anyMatch(line -> line.startsWith("WRONG: Freshet served "));
    }

    /** The judge is told nothing of it: the database itself must clear those who serve what stands there now. */
    @Test
    void whatSomebodyWritesBackIsHeldAgainstNobody() throws Exception {
        assertThat(arena.edit(BOOK, new BigDecimal("5.55"))).isPresent();
        Edit edit = arena.edit(BOOK, new BigDecimal("6.66")).orElseThrow();
        await().atMost(PATIENCE).until(() -> edit.landed().containsKey(Kind.FRESHET) && arena.pending() == 0);
        try (Connection connection = demo.database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("update books set price = 5.55 where id = " + BOOK);
        }
        await().atMost(PATIENCE)
                .until(
                        () -> Objects.requireNonNull(arena.pages(BOOK).get(Kind.FRESHET)),
                        page -> page.contains("5.55"));
        arena.load(new LoadSettings(300, 0, 0));
        arena.run(true);

        await().atMost(PATIENCE).until(() -> of(Kind.FRESHET).total().reads() > 500);

        assertThat(of(Kind.NONE).total().stale()).isZero();
        assertThat(of(Kind.FRESHET).total().broken()).isZero();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address("api") + path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/page/page.css",
                "/page/main.js",
                "/page/chart.js",
                "/page/shelf.js",
                "/page/faults.js",
                "/page/format.js",
                "/page/icon.svg"
            })
    void thePageIsServedAndMayLoadNothingFromElsewhere(String path) throws Exception {
        HttpResponse<String> answer = send(request(path));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'", "script-src 'self'"));
        assertThat(answer.body()).doesNotContainPattern("(src|href|url)\\s*[=(]\\s*[\"']?(https?:)?//");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT  | /arena/load            | {\"reads\": 1, \"writes\": 1}                         | 422 | foreign",
                "PUT  | /arena/load            | {\"reads\": \"1\", \"writes\": 1, \"foreign\": 1}     | 422 | reads",
                "PUT  | /arena/load            | {\"reads\": 501, \"writes\": 1, \"foreign\": 1}       | 422 | reads must lie between 0 and 500",
                "PUT  | /arena/load            | {\"reads\": 1, \"writes\": -1, \"foreign\": 1}        | 422 | writes must lie",
                "PUT  | /arena/load            | []                                                    | 400 | JSON object",
                "PUT  | /arena/load            | {                                                     | 400 | JSON object",
                "POST | /arena/faults/drop     | {}                                                    | 404 | listener-stop",
                "POST | /arena/books/1         | {\"price\": -1}                                       | 422 | price",
                "POST | /arena/books/1         | {\"price\": \"1; drop table books\"}                  | 422 | price",
                "POST | /arena/books/1         | {\"price\": 1.234}                                    | 422 | price",
                "POST | /arena/books/1         | {\"price\": 1e99999}                                  | 422 | price",
                "POST | /arena/books/1         | {}                                                    | 422 | price",
                "POST | /arena/books/0         | {\"price\": 1}                                        | 400 | positive integer",
                "POST | /arena/books/1'--      | {\"price\": 1}                                        | 400 | positive integer",
                "POST | /arena/books/999999999 | {\"price\": 1}                                        | 404 | no such book"
            })
    void whatIsWrongIsSaid(String method, String path, String body, int status, String detail) throws Exception {
        HttpResponse<String> answer = send(
                request(path).method(method, BodyPublishers.ofString(body)).header("Content-Type", "application/json"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = Json.read(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.toString()).contains(detail);
    }

    /** A form of somebody else's page can send text, and a name of its own may lead here. */
    @Test
    void anotherPageCanChangeNothing() throws Exception {
        LoadSettings before = arena.load();

        HttpResponse<String> answer = send(request("/arena/faults/redis-kill")
                .POST(BodyPublishers.ofString("{}"))
                .header("Content-Type", "text/plain"));

        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(arena.redisRuns()).isTrue();
        assertThat(arena.load()).isEqualTo(before);
        assertThat(HostRuleCheck.statusFor(address("api"), "evil.example")).isEqualTo(421);
        assertThat(HostRuleCheck.statusFor(address("api"), "localhost:8080")).isEqualTo(200);
    }
}
