package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;

/** What is answered to the page's scripts. */
final class Answers {

    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Answers() {}

    static void json(Context context, JsonNode json) {
        context.header("Cache-Control", "no-store")
                .contentType("application/json")
                .result(json.toString());
    }

    /** @param detail for people */
    static void problem(Context context, int status, String detail) {
        problem(context, status, detail, MAPPER.createObjectNode());
    }

    static void problem(Context context, int status, String detail, ObjectNode more) {
        context.status(status)
                .header("Cache-Control", "no-store")
                .contentType("application/problem+json")
                .result(more.put("status", status).put("detail", detail).toString());
    }
}
