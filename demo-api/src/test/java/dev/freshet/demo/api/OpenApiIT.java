package dev.freshet.demo.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.Shop;
import dev.freshet.demo.shop.Resources;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The description of the API is held against the API. */
final class OpenApiIT {

    private static final JsonNode DESCRIPTION = Json.read(Resources.text("openapi.json"));

    /** One thing that is described. */
    private record Operation(String method, String path, JsonNode described) {}

    private static Shop shop;
    private static Http http;

    @BeforeAll
    static void start() {
        shop = Shop.open();
        http = new Http(shop.api().address());
        shop.emptyCache();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void itIsServed() throws Exception {
        assertThat(Http.json(http.get("/openapi.json"))).isEqualTo(DESCRIPTION);
    }

    @Test
    void allThatIsServedIsDescribedAndNothingElse() {
        Set<String> served = BookApi.routes(shop.database(), shop.reads()).stream()
                .map(route -> route.method().name() + " " + route.path())
                .collect(Collectors.toSet());

        assertThat(operations().stream()
                        .map(operation -> operation.method() + " " + operation.path())
                        .collect(Collectors.toSet()))
                .isEqualTo(served);
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryPartIsUsed() {
        Set<String> used = new HashSet<>();
        DESCRIPTION.findValuesAsText("$ref").forEach(reference -> {
            assertThat(DESCRIPTION.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference);
        });
        for (Map.Entry<String, JsonNode> kind : DESCRIPTION.path("components").properties()) {
            if (!kind.getKey().equals("securitySchemes")) {
                kind.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                name -> assertThat(used).contains("#/components/" + kind.getKey() + "/" + name));
            }
        }
    }

    @TestFactory
    List<DynamicTest> everyExampleIsAnsweredAsDescribed() {
        return operations().stream()
                .map(operation -> DynamicTest.dynamicTest(operation.method() + " " + operation.path(), () -> {
                    holds(operation, send(operation));
                    if (operation.method().equals("GET")) {
                        holds(operation, send(operation));
                    }
                }))
                .toList();
    }

    /** What goes wrong anywhere: an id that is none, no token, another media type. */
    @TestFactory
    List<DynamicTest> everyRefusalIsDescribed() {
        return operations().stream()
                .filter(operation -> !operation.path().equals("/openapi.json"))
                .map(operation -> DynamicTest.dynamicTest(operation.method() + " " + operation.path(), () -> {
                    List<HttpResponse<String>> refused = new ArrayList<>();
                    String path = operation.path().replace("{id}", "1");
                    refused.add(http.send(
                            operation.method(),
                            operation.path().replace("{id}", "x") + "?sort=x&page=x",
                            "{\"x\": 1}"));
                    refused.add(
                            http.send(operation.method(), operation.path().replace("{id}", "999999"), "{\"x\": 1}"));
                    refused.add(http.send(operation.method(), path, "", headers(operation, "X-Max-Staleness", "x")));
                    refused.add(http.send(operation.method(), path, "[]", headers(operation)));
                    refused.add(http.send(operation.method(), path, "x".repeat(20_000), headers(operation)));
                    for (HttpResponse<String> response : refused) {
                        if (response.statusCode() >= 400) {
                            holds(operation, response);
                        }
                    }
                    assertThat(refused).anyMatch(response -> response.statusCode() >= 400);
                }))
                .toList();
    }

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        DESCRIPTION
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> all.add(new Operation(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
        return all;
    }

    private static HttpResponse<String> send(Operation operation) throws Exception {
        String path = operation.path().replace("{id}", "1");
        for (JsonNode parameter : operation.described().path("parameters")) {
            if (parameter.path("required").asBoolean()) {
                path += "?" + parameter.path("name").asText() + "="
                        + parameter.path("example").asText();
            }
        }
        JsonNode example = operation.described().at("/requestBody/content/application~1json/example");
        String body = example.isMissingNode() ? "" : example.toString();
        if (!body.isEmpty()) {
            JsonNode schema = operation.described().at("/requestBody/content/application~1json/schema");
            assertThat(new SchemaCheck(DESCRIPTION).faults(schema, example)).isEmpty();
        }
        return http.send(operation.method(), path, body, headers(operation));
    }

    private static String[] headers(Operation operation, String... more) {
        List<String> headers = new ArrayList<>(List.of(more));
        if (operation.described().has("security")) {
            headers.add("Authorization");
            headers.add("Bearer " + shop.data().token(shop.data().accounts().get(0)));
        }
        return headers.toArray(String[]::new);
    }

    private static void holds(Operation operation, HttpResponse<String> response) {
        JsonNode described =
                resolved(operation.described().path("responses").path(Integer.toString(response.statusCode())));
        assertThat(described.isMissingNode())
                .as(response.statusCode() + " is described; it said " + response.body())
                .isFalse();
        String media = response.headers().firstValue("Content-Type").orElse("none");
        JsonNode schema = described.path("content").path(media).path("schema");
        assertThat(schema.isMissingNode()).as(media + " is described").isFalse();
        SchemaCheck check = new SchemaCheck(DESCRIPTION);
        assertThat(check.faults(schema, Json.read(response.body())))
                .as(response.body())
                .isEmpty();
        for (Map.Entry<String, JsonNode> header : described.path("headers").properties()) {
            String value = response.headers().firstValue(header.getKey()).orElse("none");
            JsonNode text = Json.MAPPER.getNodeFactory().textNode(value);
            assertThat(check.faults(resolved(header.getValue()).path("schema"), text))
                    .as(header.getKey())
                    .isEmpty();
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DESCRIPTION.at(node.path("$ref").asText().substring(1)) : node;
    }
}
