package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.cli.check.TestDatabase;
import dev.freshet.stack.EmbeddedStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer answers to the console's page, and to whom it does not. */
class ConsoleApiIT {

    private static final Duration START = Duration.ofSeconds(60);
    private static final String TOKEN = "0123456789abcdef-token";

    private final TestDatabase database = TestDatabase.create();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    private Path directory = Path.of("");

    private String file = "";
    private URI address = URI.create("http://localhost");

    @BeforeEach
    void create() {
        database.run("CREATE TABLE books (id bigint PRIMARY KEY, title text)");
        database.run(
                "ALTER TABLE books OWNER TO " + database.name(),
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + database.name());
        String yaml = database.yaml("book: { table: public.books, key: \"book:{id}\" }")
                .replace("redis://localhost:1", EmbeddedStack.shared().redis().url());
        file = CommandRun.file(
                        directory,
                        yaml + "kafka: { bootstrap-servers: \""
                                + EmbeddedStack.shared().kafka().bootstrapServers()
                                + "\", topics: { partitions: 2, replication: 1 } }\n"
                                + "listener: { http: \"127.0.0.1:0\" }\n"
                                + "writer: { http: \"127.0.0.1:0\", console-token: " + TOKEN + " }\n")
                .toString();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void thePageIsToldAndOnlyTheTokenChanges() throws Exception {
        try (FreshetProcess run = FreshetProcess.start("run", "--config", file)) {
            await().atMost(START).until(() -> run.out().contains("ready") || !run.alive());
            assertThat(run.out()).as("%s", run.err()).contains("ready");
            address = URI.create(run.out().stream()
                    .filter(line -> line.startsWith("writer-http\t"))
                    .findFirst()
                    .orElseThrow()
                    .substring("writer-http\t".length()));
            thePageAsksNobodyElse();
            itIsServedToNoOtherName();
            theStreamTellsWhatHappens();
            aChangeIsExplained();
            deadLettersAreChangedByTokenAlone();
            assertThat(run.terminate()).as("%s", run.err()).isZero();
            assertThat(run.err())
                    .anyMatch(line -> line.contains("drop of dead letter 0:0 through the console, by 127.0.0.1"))
                    .anyMatch(line -> line.contains("refused to 127.0.0.1: wrong token"))
                    .noneMatch(line -> line.contains("s3cret") || line.contains(TOKEN));
        }
    }

    private void thePageAsksNobodyElse() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body())
                .doesNotContain("http://", "https://", "//cdn")
                .doesNotContainPattern(" on[a-z]+=|style=");
        HttpResponse<String> again = client.send(
                request("/")
                        .header(
                                "If-None-Match",
                                page.headers().firstValue("ETag").orElseThrow())
                        .build(),
                BodyHandlers.ofString());
        assertThat(again.statusCode()).isEqualTo(304);
        for (String name : new String[] {"main.js", "console.css", "icon.svg"}) {
            assertThat(get("/console/" + name).statusCode()).as(name).isEqualTo(200);
        }
    }

    /** By hand: Java's own client sets the header itself. */
    private void itIsServedToNoOtherName() throws IOException {
        for (String path : new String[] {"/", "/console/main.js", "/api/events", "/api/dead-letters"}) {
            assertThat(statusLine(path, "evil.example:8082")).as(path).contains(" 421 ");
        }
        assertThat(statusLine("/", "localhost:1")).contains(" 200 ");
    }

    private String statusLine(String path, String host) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort());
                PrintWriter out = new PrintWriter(socket.getOutputStream(), false, StandardCharsets.US_ASCII);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.setSoTimeout(10_000);
            out.print("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            out.flush();
            return String.valueOf(in.readLine());
        }
    }

    private void theStreamTellsWhatHappens() throws Exception {
        HttpResponse<java.util.stream.Stream<String>> stream = client.send(
                request("/api/events").header("Accept", "text/event-stream").build(), BodyHandlers.ofLines());
        assertThat(stream.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        try (var body = stream.body()) {
            Iterator<String> lines = body.iterator();
            ObjectNode told = json.createObjectNode();
            database.run("INSERT INTO books SELECT i, 's3cret' FROM generate_series(1, 100) i");
            boolean counted = false;
            while (!counted || told.size() < 4) {
                String line = lines.next();
                assertThat(line).doesNotContain("s3cret");
                if (line.startsWith("event: ")) {
                    JsonNode data = json.readTree(lines.next().substring("data: ".length()));
                    told.set(line.substring("event: ".length()), data);
                    counted |= data.path("point").path("changes").doubleValue() > 0;
                }
            }
            assertThat(told.path("hello").path("caches").get(0).path("target").asText())
                    .isEqualTo("book:{id}");
            assertThat(told.path("hello").path("actions").booleanValue()).isTrue();
            assertThat(told.path("hello").path("points").size()).isPositive();
            assertThat(told.path("tick").path("parts").get(1).path("name").asText())
                    .isEqualTo("writer");
            assertThat(told.path("status").path("stages")).hasSize(5);
            assertThat(StreamSupport.stream(told.path("incidents").spliterator(), false))
                    .anyMatch(incident -> incident.path("kind").asText().equals("flush"));
        }
    }

    private void aChangeIsExplained() throws Exception {
        String question = "{\"table\": \"public.books\", \"before\": \"\", \"after\": \"{\\\"id\\\": 7}\"}";
        assertThat(post("/api/explain", question).statusCode())
                .as("without our header")
                .isEqualTo(403);
        HttpResponse<String> told = post("/api/explain", question, "Freshet-Console", "1");
        assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
        assertThat(json.readTree(told.body())
                        .path("effects")
                        .get(0)
                        .path("words")
                        .asText())
                .isEqualTo("delete book:7  (after)");
        HttpResponse<String> wrong = post("/api/explain", "{\"table\": \"public.boks\"}", "Freshet-Console", "1");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json.readTree(wrong.body()).path("field").asText()).isEqualTo("table");
        assertThat(json.readTree(wrong.body()).path("detail").asText()).contains("did you mean 'public.books'?");
    }

    private void deadLettersAreChangedByTokenAlone() throws Exception {
        store("s3cret, and no JSON");
        await().atMost(START).until(() -> letters().path("open").intValue() == 1);
        assertThat(letters().toString())
                .contains("\"id\":\"0:0\"", "public.books")
                .doesNotContain("s3cret");
        for (String action : new String[] {"retry", "drop"}) {
            String path = "/api/dead-letters/0:0/" + action;
            assertThat(post(path, "").statusCode()).as("no token").isEqualTo(403);
            assertThat(post(path, "", "Freshet-Token", "x").statusCode())
                    .as("wrong")
                    .isEqualTo(403);
            assertThat(get(path).statusCode()).as("no link does it").isEqualTo(405);
        }
        assertThat(letters().path("open").intValue()).isEqualTo(1);
        assertThat(post("/api/dead-letters/x/drop", "", "Freshet-Token", TOKEN).statusCode())
                .isEqualTo(400);
        assertThat(post("/api/dead-letters/0:9/drop", "", "Freshet-Token", TOKEN)
                        .statusCode())
                .isEqualTo(404);
        assertThat(post("/api/dead-letters/0:0/drop", "", "Freshet-Token", TOKEN)
                        .statusCode())
                .isEqualTo(200);
        assertThat(letters().path("open").intValue()).isZero();
    }

    private JsonNode letters() throws IOException, InterruptedException {
        HttpResponse<String> told = get("/api/dead-letters");
        assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
        return json.readTree(told.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(START);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private void store(String value) throws InterruptedException, ExecutionException {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", EmbeddedStack.shared().kafka().bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(database.name() + ".public.books", value))
                    .get();
        }
    }
}
