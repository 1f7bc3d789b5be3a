package dev.freshet.demo;

import static dev.freshet.demo.api.Http.json;
import static dev.freshet.demo.api.Http.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.api.Http;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The shop with its pipeline, after a warm start. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DemoServesIT {

    private static final ByteArrayOutputStream OUT = new ByteArrayOutputStream();

    private static Demo demo;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        PrintStream out = new PrintStream(OUT, true, StandardCharsets.UTF_8);
        demo = Demo.start(0, out);
        demo.awaitReady(Duration.ofSeconds(60));
        demo.warm(out);
        http = new Http(demo.address());
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    @Test
    @Order(1)
    void afterTheWarmStartTheFirstRequestIsAHit() throws Exception {
        assertThat(OUT.toString(StandardCharsets.UTF_8).lines())
                .anyMatch(line -> line.matches("warmed\tcard\t3000 rows\t.* s"))
                .anyMatch(line -> line.matches("warmed\tstock\t3000 rows\t.* s"))
                .anyMatch(line -> line.matches("warmed\tbook\t3000 rows\t.* s"));
        for (String path : List.of("/bestsellers", "/genres", "/books", "/books?genre=1", "/books?genre=24")) {
            assertThat(source(http.get(path))).as(path).isEqualTo("hit");
        }
        for (int book : new int[] {1, 17, 1500, 3000}) {
            for (String path : List.of("/books/" + book, "/books/" + book + "/card", "/stock/" + book)) {
                HttpResponse<String> first = http.get(path);
                assertThat(json(first).isObject()).isTrue();
                assertThat(source(first)).as(path).isEqualTo("hit");
            }
        }
    }

    @Test
    @Order(2)
    void theAnswerSaysHowFreshItIs() throws Exception {
        HttpResponse<String> hit = http.get("/books/17");

        await().untilAsserted(() -> assertThat(http.get("/books/17")
                        .headers()
                        .firstValue("X-Staleness")
                        .orElseThrow())
                .matches("\\d+\\.\\d{3}"));
        assertThat(source(hit)).isEqualTo("hit");
        // What is said is what can be demanded.
        await().untilAsserted(() -> assertThat(source(http.get("/books/17", "X-Max-Staleness", "5")))
                .isEqualTo("hit"));
    }

    /** Last, since a change that is swept for holds the watermark back for a while. One answer of every kind, filled, and then a change by SQL that is seen in it. */
    @Test
    @Order(5)
    void whatSomebodyElseWritesReachesEveryKindOfAnswer() throws Exception {
        sees(
                "/books?genre=5&sort=price",
                "update books set price = 0.01 where id = " + bookOf(5),
                body -> body.at("/books/0/price").asText().equals("0.01"));
        sees(
                "/books?sort=-published",
                "update books set published = '2024-02-29' where id = 40",
                body -> body.at("/books/0/published").asText().equals("2024-02-29"));
        long moved = bookOf(7);
        sees(
                "/books?genre=8&size=100",
                "update books set genre_id = 8 where id = " + moved,
                body -> body.findValuesAsText("id").contains(Long.toString(moved)));
        sees(
                "/authors/5",
                "update genres set name = 'Renamed ' || id",
                body -> body.at("/books/0/genre").asText().startsWith("Renamed"));
        sees(
                "/authors/6",
                "update authors set name = 'Renamed' where id = 6",
                body -> body.path("name").asText().equals("Renamed"));
        sees(
                "/genres",
                "insert into genres (id, name) values (99, 'Late')",
                body -> body.path("genres").size() == 25);
        sees(
                "/bestsellers",
                "insert into orders (account_id, book_id, quantity, ordered) values (1, 2999, 99999, now())",
                body -> body.at("/books/0/id").asLong() == 2999);
        sees(
                "/bestsellers",
                "update books set title = 'Sold' where id = 2999",
                body -> body.at("/books/0/title").asText().equals("Sold"));
        sees(
                "/stock/30",
                "update stock set quantity = 4321 where book_id = 30",
                body -> body.path("quantity").asInt() == 4321);
        sees(
                "/books/31/reviews",
                "delete from reviews where book_id = 31",
                body -> body.path("review_count").asInt() == 0);
    }

    @Test
    @Order(4)
    void anAccountsPageFollowsItsOrdersAndNobodyElses() throws Exception {
        HttpResponse<String> others = account(2);
        assertThat(source(account(2))).isEqualTo("hit");
        long before = json(account(1)).path("order_count").asLong();
        assertThat(source(account(1))).isEqualTo("hit");

        execute("delete from orders where id = (select min(id) from orders where account_id = 1)");

        await().untilAsserted(() ->
                assertThat(json(account(1)).path("order_count").asLong()).isEqualTo(before - 1));
        HttpResponse<String> still = account(2);
        assertThat(source(still)).isEqualTo("hit");
        assertThat(still.body()).isEqualTo(others.body());
    }

    @Test
    @Order(3)
    void whoShowsTheTokenOfAWriteNeverReadsAnythingOlder() throws Exception {
        List<String> seen = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            HttpResponse<String> written = http.send("PUT", "/stock/33", "{\"quantity\": " + i + "}");
            String token = written.headers().firstValue("X-Write-Token").orElseThrow();

            HttpResponse<String> read = http.get("/stock/33", "X-Write-Token", token);

            assertThat(json(read).path("quantity").asInt()).isEqualTo(i);
            seen.add(source(read));
        }
        String last = http.send("PUT", "/stock/33", "{\"quantity\": 999}")
                .headers()
                .firstValue("X-Write-Token")
                .orElseThrow();
        assertThat(seen).contains("bypass");
        await().untilAsserted(() -> {
            http.get("/stock/33");
            assertThat(source(http.get("/stock/33", "X-Write-Token", last))).isEqualTo("hit");
        });
    }

    @FunctionalInterface
    private interface Sight {
        boolean in(JsonNode body);
    }

    private static void sees(String path, String sql, Sight sight) throws Exception {
        await().untilAsserted(() -> assertThat(source(http.get(path))).as(path).isEqualTo("hit"));
        assertThat(sight.in(json(http.get(path)))).as(path + " before " + sql).isFalse();

        execute(sql);

        await().untilAsserted(() -> assertThat(sight.in(json(http.get(path))))
                .as(path + " after " + sql)
                .isTrue());
    }

    private static long bookOf(int genre) throws Exception {
        return json(http.get("/books?size=1&genre=" + genre)).at("/books/0/id").asLong();
    }

    private static HttpResponse<String> account(int id) throws Exception {
        return http.get("/account", "Authorization", "Bearer " + demo.token(id));
    }

    private static void execute(String sql) throws Exception {
        try (Connection connection = demo.database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
