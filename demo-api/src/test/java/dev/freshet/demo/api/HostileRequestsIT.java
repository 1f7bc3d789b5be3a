package dev.freshet.demo.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.Shop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that nobody sends who means well, made of one seed. Set freshet.fuzz.inputs and freshet.fuzz.seed for others. */
final class HostileRequestsIT {

    private static final int INPUTS = Integer.getInteger("freshet.fuzz.inputs", 800);
    private static final long SEED = Long.getLong("freshet.fuzz.seed", 20_260_606);

    private static final String OWN_KEYS = "book:\\d+|author:\\d+:(books|page)|authors:page:\\d+|stock:\\d+|blurb:\\d+"
            + "|shelf:\\d*:\\d*-\\d*:-?(id|title|price|published):\\d+x\\d+|prices\\[\\d+]|reviews:\\d+:\\d+"
            + "|bestsellers|genres|account:\\d+";

    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get");
    private static final List<String> PATHS = List.of(
            "/books",
            "/books/@",
            "/books/@/price",
            "/books/@/card",
            "/books/@/blurb",
            "/books/@/reviews",
            "/authors",
            "/authors/@",
            "/genres",
            "/bestsellers",
            "/stock/@",
            "/account",
            "/account/orders",
            "/openapi.json",
            "/@",
            "//@//");
    private static final List<String> NAMES = List.of(
            "genre",
            "author",
            "page",
            "size",
            "sort",
            "min_price",
            "max_price",
            "price",
            "title",
            "author_id",
            "published",
            "quantity",
            "stars",
            "body",
            "book_id",
            "__proto__",
            "");
    private static final List<String> HOSTILE = List.of(
            "1",
            "2",
            "-1",
            "0",
            "1e309",
            "NaN",
            "null",
            "true",
            "[]",
            "{}",
            "\"",
            "'; drop table books; --",
            "1 or 1=1",
            "\u0000",
            "%00",
            "%",
            "../../etc/passwd",
            "..;/",
            "*",
            "book:1",
            "freshet:lease:{x}:y",
            "{id}",
            "${jndi:ldap://127.0.0.1/x}",
            "<script>alert(1)</script>",
            "\r\nInjected: 1",
            "%0d%0aInjected:%201",
            "💥",
            "\u202e",
            "١",
            " ",
            "\t",
            "9".repeat(30),
            "x".repeat(3_000),
            "{".repeat(500),
            "[".repeat(2_000));

    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.open();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void eachIsAnsweredOrRefusedAndNothingBreaks() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < INPUTS; i++) {
            byte[] request = request(random);
            String reply = send(request);
            String told = "seed " + SEED + ", request " + i + ": " + new String(request, StandardCharsets.ISO_8859_1)
                    + "\n\n" + reply;

            assertThat(reply).as(told).matches("(?s)HTTP/1\\.1 [24]\\d\\d .*");
            String head = reply.substring(0, reply.indexOf("\r\n\r\n"));
            assertThat(head).as(told).doesNotContain("Injected");
            boolean headOnly = new String(request, 0, 5, StandardCharsets.ISO_8859_1).equals("HEAD ");
            if (head.charAt(9) == '4' && !headOnly) {
                assertThat(head).as(told).contains("application/problem+json");
                JsonNode problem = Json.read(reply.substring(reply.indexOf("\r\n\r\n") + 4));
                assertThat(problem.path("detail").asText()).as(told).isNotBlank();
                assertThat(problem.path("status").asText()).as(told).isEqualTo(head.substring(9, 12));
            }
        }

        assertThat(shop.cached().keySet())
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.toString()).matches(OWN_KEYS));
        assertThat(shop.catalogue()
                        .books(shop.data().books().stream()
                                .map(book -> book.id())
                                .toList()))
                .hasSameSizeAs(shop.data().books());
        assertThat(new Http(shop.api().address()).get("/books/1").statusCode()).isEqualTo(200);
    }

    private static byte[] request(Random random) {
        StringBuilder target = new StringBuilder(pick(PATHS, random));
        int hole = target.indexOf("@");
        if (hole >= 0) {
            target.replace(hole, hole + 1, written(random));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            target.append(target.indexOf("?") < 0 ? '?' : '&')
                    .append(random.nextInt(8) == 0 ? written(random) : pick(NAMES, random))
                    .append('=')
                    .append(written(random));
        }
        StringBuilder head = new StringBuilder(pick(METHODS, random))
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        header(head, "Authorization", "Bearer ", random);
        header(head, "X-Max-Staleness", "", random);
        header(head, "X-Write-Token", "", random);
        header(head, "Accept-Encoding", "", random);
        byte[] body = body(random).getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            head.append("Content-Type: ")
                    .append(random.nextInt(6) == 0 ? oneLine(random) : "application/json")
                    .append("\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private static void header(StringBuilder head, String name, String scheme, Random random) {
        if (random.nextInt(5) == 0) {
            head.append(name)
                    .append(": ")
                    .append(scheme)
                    .append(oneLine(random))
                    .append("\r\n");
        }
    }

    private static String oneLine(Random random) {
        return pick(HOSTILE, random).replace("\r\n", "");
    }

    /** As an address has it, or nearly so. */
    private static String written(Random random) {
        String text = pick(HOSTILE, random);
        return random.nextInt(4) == 0
                ? text.replaceAll("[\\s\u0000]", "")
                : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String body(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> pick(HOSTILE, random);
            default -> object(random);
        };
    }

    private static String object(Random random) {
        StringBuilder body = new StringBuilder("{");
        for (int i = random.nextInt(4); i >= 0; i--) {
            String value = pick(HOSTILE, random);
            body.append('"')
                    .append(pick(NAMES, random))
                    .append("\": ")
                    .append(
                            random.nextBoolean()
                                    ? value
                                    : Json.MAPPER.getNodeFactory().textNode(value))
                    .append(i == 0 ? "}" : ", ");
        }
        return body.toString();
    }

    private static String pick(List<String> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }

    private static String send(byte[] request) throws IOException {
        try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), shop.api().address().getPort());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            out.write(request);
            out.flush();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
