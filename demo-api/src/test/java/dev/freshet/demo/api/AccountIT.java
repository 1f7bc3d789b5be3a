package dev.freshet.demo.api;

import static dev.freshet.demo.api.Http.json;
import static dev.freshet.demo.api.Http.problem;
import static dev.freshet.demo.api.Http.source;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.Shop;
import dev.freshet.demo.shop.Account;
import dev.freshet.redis.PlainCache.Entry;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is one's own is shown to oneself alone, whatever stands in the cache. */
final class AccountIT {

    private static final Pattern GETS = Pattern.compile("cmdstat_get:calls=(\\d+)");

    private static Shop shop;
    private static Http http;

    @BeforeAll
    static void start() {
        shop = Shop.open();
        http = new Http(shop.api().address());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void emptyCache() {
        shop.emptyCache();
    }

    @Test
    void theOwnerIsShownTheAccountAndSecondTimeFromTheCache() throws Exception {
        HttpResponse<String> first = page(account(3));
        HttpResponse<String> second = page(account(3));

        assertThat(json(first).path("account_id").asLong()).isEqualTo(3);
        assertThat(json(first).path("email").asText()).isEqualTo(account(3).email());
        assertThat(json(first).path("order_count").asLong())
                .isEqualTo(shop.data().orders().stream()
                        .filter(order -> order.accountId() == 3)
                        .count());
        assertThat(source(first)).isEqualTo("miss");
        assertThat(source(second)).isEqualTo("hit");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(first.body()).doesNotContain("token");
        assertThat(second.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(second.headers().firstValue("Vary")).contains("Authorization");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer nobody",
                "Bearer 1",
                "Bearer ' or 1=1--",
                "Bearer *",
                "Basic YTpi",
                "account:1",
                "Bearer a b"
            })
    void whoShowsNoTokenIsNotLetIn(String authorization) throws Exception {
        page(account(1));
        String[] headers = authorization.isEmpty() ? new String[0] : new String[] {"Authorization", authorization};

        HttpResponse<String> response = http.get("/account", headers);

        problem(response, 401);
        assertThat(response.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Bearer");
        assertThat(response.body()).doesNotContain(account(1).email());
        problem(http.send("POST", "/account/orders", "{\"book_id\": 1, \"quantity\": 1}", headers), 401);
    }

    @Test
    void theCacheIsNotAskedForWhomeverIsNotLetIn() throws Exception {
        page(account(1));
        try (Observer redis = new Observer()) {
            long before = redis.gets();
            for (int i = 0; i < 20; i++) {
                problem(http.get("/account", "Authorization", "Bearer nobody" + i), 401);
                problem(http.get("/account"), 401);
            }
            assertThat(redis.gets()).isEqualTo(before);

            page(account(1));
            assertThat(redis.gets()).as("what is let in does ask").isGreaterThan(before);
        }
    }

    @Test
    void aTokenThatWasTakenBackLetsNobodyInThoughTheEntryStands() throws Exception {
        Account account = account(4);
        page(account);
        assertThat(source(page(account))).isEqualTo("hit");

        execute("update accounts set token_hash = 'taken back' where id = 4");

        problem(page(account), 401);
        assertThat(shop.cached()).containsKey(Entry.of("account:4"));
    }

    @Test
    void anEntryOfAnotherAccountIsNeverShown() throws Exception {
        String others = page(account(2)).body();
        for (String planted : List.of(
                others,
                others.replace("\"account_id\":2", "\"account_id\":\"1\""),
                others.replace("\"account_id\":2,", ""),
                "{",
                "{}")) {
            shop.cache().set(Entry.of("account:1"), planted, Duration.ofMinutes(1));

            HttpResponse<String> shown = page(account(1));

            assertThat(json(shown).path("account_id").asLong()).as(planted).isEqualTo(1);
            assertThat(shown.body()).doesNotContain(account(2).email());
            assertThat(shop.cache().get(Entry.of("account:1")))
                    .as("what stood there is gone")
                    .isNotEqualTo(Optional.of(planted));
        }
        assertThat(json(page(account(1))).path("email").asText())
                .isEqualTo(account(1).email());
    }

    @Test
    void manyAtOnceAreEachShownTheirOwn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> readers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Account reader = account(5 + i % 10);
                readers.add(() -> {
                    JsonNode shown = json(page(reader));
                    assertThat(shown.path("account_id").asLong()).isEqualTo(reader.id());
                    assertThat(shown.path("email").asText()).isEqualTo(reader.email());
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(readers)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anOrderTakesCopiesFromTheStock() throws Exception {
        execute("update stock set quantity = 3 where book_id = 50");

        HttpResponse<String> ordered = order(account(6), "{\"book_id\": 50, \"quantity\": 2}");
        HttpResponse<String> tooMany = order(account(6), "{\"book_id\": 50, \"quantity\": 2}");

        assertThat(ordered.statusCode()).isEqualTo(201);
        assertThat(json(ordered).path("account_id").asLong()).isEqualTo(6);
        assertThat(ordered.headers().firstValue("X-Write-Token")).isPresent();
        problem(tooMany, 409);
        assertThat(json(http.get("/stock/50")).path("quantity").asInt()).isEqualTo(1);
        JsonNode latest = json(page(account(6))).path("latest_orders").get(0);
        assertThat(latest.path("id")).isEqualTo(json(ordered).path("id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"book_id\": 999999, \"quantity\": 1}",
                "{\"book_id\": \"1\", \"quantity\": 1}",
                "{\"book_id\": 1, \"quantity\": 0}",
                "{\"book_id\": 1, \"quantity\": 101}",
                "{\"book_id\": 1}",
                "{\"book_id\": 1, \"quantity\": 1, \"account_id\": 2}"
            })
    void aWrongOrderIsRefused(String body) throws Exception {
        assertThat(problem(order(account(6), body), 422).path("errors")).isNotEmpty();
    }

    private static Account account(int id) {
        return shop.data().accounts().get(id - 1);
    }

    private static HttpResponse<String> page(Account account) throws Exception {
        return http.get("/account", "Authorization", "Bearer " + shop.data().token(account));
    }

    private static HttpResponse<String> order(Account account, String body) throws Exception {
        return http.send(
                "POST",
                "/account/orders",
                body,
                "Authorization",
                "Bearer " + shop.data().token(account));
    }

    private static void execute(String sql) throws Exception {
        try (Connection connection = shop.database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Counts what Redis is asked. */
    private static final class Observer implements AutoCloseable {

        private final RedisClient client =
                RedisClient.create(EmbeddedStack.shared().redis().url());
        private final StatefulRedisConnection<String, String> connection = client.connect();

        long gets() {
            Matcher calls = GETS.matcher(connection.sync().info("commandstats"));
            assertThat(calls.find()).isTrue();
            return Long.parseLong(calls.group(1));
        }

        @Override
        public void close() {
            connection.close();
            client.shutdown();
        }
    }
}
