package dev.freshet.demo.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.Shop;
import dev.freshet.demo.shop.Book;
import dev.freshet.redis.PlainCache.Entry;
import dev.freshet.stack.EmbeddedStack;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API on a real PostgreSQL and a real Redis, with no pipeline behind it. */
final class BookApiIT {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.open();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void emptyCache() {
        shop.emptyCache();
    }

    @ParameterizedTest
    @CsvSource({
        "/books/1, book:1, ",
        "/books/1/price, prices, 1",
        "/books/1/blurb, blurb:1, ",
        "/books?author=1, author:1:books, ",
        "/authors?page=1, authors:page:1, "
    })
    void aReadFillsItsKeyAndTheNextOneIsAHit(String path, String key, String field) throws Exception {
        HttpResponse<String> first = get(path);
        HttpResponse<String> second = get(path);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("X-Cache")).contains("miss");
        assertThat(second.headers().firstValue("X-Cache")).contains("hit");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(shop.cache().get(field == null ? Entry.of(key) : Entry.of(key, field)))
                .contains(first.body());
    }

    @Test
    void aHitIsWhatRedisHoldsAndNotWhatTheDatabaseHolds() throws Exception {
        shop.cache().set(Entry.of("book:1"), "{\"planted\":true}", Duration.ofMinutes(1));

        assertThat(get("/books/1").body()).isEqualTo("{\"planted\":true}");
    }

    @Test
    void aCardIsReadFromTheCacheButOnlyThePipelineStoresIt() throws Exception {
        assertThat(get("/books/1/card").headers().firstValue("X-Cache")).contains("miss");
        assertThat(shop.cache().exists(Entry.of("card:1"))).isFalse();

        shop.cache().set(Entry.of("card:1"), "{\"id\":1}", Duration.ofMinutes(1));
        assertThat(get("/books/1/card").headers().firstValue("X-Cache")).contains("hit");
    }

    @Test
    void aBookIsShownAsItStandsInTheDatabase() throws Exception {
        Book book = shop.data().books().get(6);
        JsonNode json = Json.read(get("/books/7").body());

        assertThat(json.path("id").asLong()).isEqualTo(7);
        assertThat(json.path("title").asText()).isEqualTo(book.title());
        assertThat(json.path("author_id").asLong()).isEqualTo(book.authorId());
        assertThat(json.path("price").asText()).isEqualTo(book.price().toPlainString());
        assertThat(json.path("published").asText()).isEqualTo(book.published().toString());
    }

    @Test
    void aPatchChangesTheDatabaseAndLeavesTheCacheToThePipeline() throws Exception {
        String before = get("/books/20").body();

        HttpResponse<String> patched =
                patch("/books/20", "{\"title\": \"O'Reilly; drop table books--\", \"price\": 1.5, \"author_id\": 3}");

        assertThat(patched.statusCode()).isEqualTo(200);
        assertThat(Json.read(patched.body()).path("title").asText()).isEqualTo("O'Reilly; drop table books--");
        assertThat(Json.read(patched.body()).path("price").asText()).isEqualTo("1.50");
        assertThat(Json.read(patched.body()).path("author_id").asLong()).isEqualTo(3);
        assertThat(get("/books/20").body()).isEqualTo(before);
        shop.cache().delete(Entry.of("book:20"));
        assertThat(get("/books/20").body()).isEqualTo(patched.body());
    }

    @Test
    void membersThatAPatchDoesNotNameStayAsTheyAre() throws Exception {
        JsonNode before = Json.read(get("/books/21").body());

        JsonNode after =
                Json.read(patch("/books/21", "{\"published\": \"1999-12-31\"}").body());

        assertThat(after.path("published").asText()).isEqualTo("1999-12-31");
        assertThat(after.path("title")).isEqualTo(before.path("title"));
        assertThat(after.path("price")).isEqualTo(before.path("price"));
        assertThat(after.path("author_id")).isEqualTo(before.path("author_id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/books/999999",
                "/books/999999999999999999",
                "/books/999999/price",
                "/books/999999/card",
                "/books/999999/blurb",
                "/books?author=999999",
                "/authors?page=999",
                "/authors?page=999999999999999999",
                "/nothing",
                "/",
                "/books/1/2/3"
            })
    void whatIsNotThereIsNotFoundAndNotCached(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertProblem(response, 404);
        assertThat(shop.cached()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/books/abc",
                "/books/0",
                "/books/-1",
                "/books/+1",
                "/books/01",
                "/books/1.0",
                "/books/1e3",
                "/books/9223372036854775808",
                "/books/99999999999999999999999999",
                "/books/%D9%A1",
                "/books/1%20",
                "/books/1%27%20or%201=1--",
                "/books/%3Cscript%3E",
                "/books/*",
                "/books?author=",
                "/books?author=x",
                "/books?author=1&author=2",
                "/books?author=1;drop",
                "/books?author=%00",
                "/authors",
                "/authors?page=0",
                "/authors?page=-1"
            })
    void whatIsNoIdIsABadRequest(String path) throws Exception {
        assertProblem(get(path), 400);
        assertThat(shop.cached()).isEmpty();
    }

    /** A client that does not tidy its addresses up first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/books/%",
                "/books/%zz",
                "/books/%00",
                "/books/%2e%2e/%2e%2e/etc/passwd",
                "/books/..%2f1",
                "/books/1;x=y",
                "/../../etc/passwd",
                "/books/\\",
                "//",
                "/books/%ff%fe",
                "/books?author=%ff",
                "/books?author=%zz",
                "*"
            })
    void aMalformedAddressIsAProblemAndNothingBreaks(String target) throws Exception {
        String reply = raw("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 4").contains("application/problem+json");
        assertThat(get("/books/1").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: " + "\u0001", "X y: 1", "Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2"})
    void aMalformedHeaderIsAProblem(String header) throws Exception {
        String reply = raw("GET /books/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + header + "\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 4").contains("application/problem+json");
    }

    @Test
    void headersWithoutEndAreRefused() throws Exception {
        assertThat(raw("GET /books/1 HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @Test
    void anAddressWithoutEndIsRefused() throws Exception {
        assertThat(raw("GET /books/" + "1".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414");
    }

    @Test
    void aMethodThatIsNotAnsweredIsSaidToBeSo() throws Exception {
        assertProblem(send("DELETE", "/books/1", "application/json", BodyPublishers.noBody()), 405);
        assertProblem(send("POST", "/books", "application/json", BodyPublishers.ofString("{}")), 405);
    }

    @Test
    void aPatchOfAnUnknownBookIsNotFound() throws Exception {
        assertProblem(patch("/books/999999", "{\"price\": 1}"), 404);
    }

    @Test
    void aPatchToAnUnknownAuthorIsRefused() throws Exception {
        HttpResponse<String> response = patch("/books/1", "{\"author_id\": 999999}");

        assertProblem(response, 422);
        assertThat(Json.read(response.body()).at("/errors/0/pointer").asText()).isEqualTo("/author_id");
    }

    @Test
    void aPatchWithAWrongTypeChangesNothing() throws Exception {
        String before = get("/books/1").body();

        assertProblem(patch("/books/1", "{\"title\": \"New\", \"price\": \"cheap\"}"), 422);

        shop.cache().delete(Entry.of("book:1"));
        assertThat(get("/books/1").body()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "{\"price\": 1e99999999999}", "[[[[[[[[[["})
    void aPatchThatIsNoObjectIsABadRequest(String body) throws Exception {
        assertProblem(patch("/books/1", body), 400);
    }

    @Test
    void aPatchOfAnotherMediaTypeIsRefused() throws Exception {
        BodyPublisher body = BodyPublishers.ofString("{\"price\": 1}");

        assertProblem(send("PATCH", "/books/1", "text/plain", body), 415);
        assertProblem(send("PATCH", "/books/1", "application/jsonp", body), 415);
    }

    @Test
    void aPatchThatIsTooLargeIsRefusedWithAndWithoutAnnouncingItsLength() throws Exception {
        byte[] large = ("{\"title\": \"" + "x".repeat(100_000) + "\"}").getBytes(StandardCharsets.UTF_8);

        assertProblem(send("PATCH", "/books/1", "application/json", BodyPublishers.ofByteArray(large)), 413);
        assertProblem(
                send(
                        "PATCH",
                        "/books/1",
                        "application/json",
                        BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))),
                413);
    }

    @Test
    void withRedisAwayTheDatabaseAnswersAndWithRedisBackTheCacheDoes() throws Exception {
        try (EmbeddedStack stack = EmbeddedStack.builder().redis().start();
                CachedReads reads =
                        CachedReads.open(shop.database(), stack.redis().url(), "shop");
                BookApi api = BookApi.start(shop.database(), reads, 0, List.of())) {
            URI book = api.address().resolve("/books/1");

            stack.redis().kill();
            HttpResponse<String> without = send(book);

            assertThat(without.statusCode()).isEqualTo(200);
            assertThat(without.headers().firstValue("X-Cache")).contains("bypass");

            stack.redis().start();
            await().untilAsserted(() ->
                    assertThat(send(book).headers().firstValue("X-Cache")).contains("hit"));
        }
    }

    @Test
    void withTheDatabaseAwayTheAnswerIsAProblemThatTellsNothing() throws Exception {
        try (Connection connection = shop.database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter table blurbs rename to elsewhere");
            try {
                HttpResponse<String> response = get("/books/1/blurb");

                assertProblem(response, 503);
                assertThat(response.body()).doesNotContain("blurbs").doesNotContain("SQL");
            } finally {
                statement.execute("alter table elsewhere rename to blurbs");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = Json.read(response.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("detail").asText()).isNotBlank();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(shop.api().address().resolve(path));
    }

    private static HttpResponse<String> send(URI address) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> patch(String path, String body) throws Exception {
        return send("PATCH", path, "application/json; charset=utf-8", BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> send(String method, String path, String type, BodyPublisher body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(shop.api().address().resolve(path))
                .header("Content-Type", type)
                .method(method, body)
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), shop.api().address().getPort());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
