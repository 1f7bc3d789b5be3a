package dev.freshet.system.reads;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;

/** What a value in Redis says, read as plain JSON. */
final class Cached {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Cached() {}

    /** As {@code item=version,...}. */
    static String told(String key, String value) throws JsonProcessingException {
        JsonNode json = JSON.readTree(value);
        List<String> rows = new ArrayList<>();
        if (json.isArray()) {
            json.forEach(row -> rows.add(row(key, row)));
        } else if (!json.isNull()) {
            rows.add(row(key, json));
        }
        return String.join(",", rows);
    }

    private static String row(String key, JsonNode row) {
        String item = key.startsWith("member:")
                ? "member/" + row.path("name").asText()
                : "book/" + row.path("id").asText();
        return item + "=" + row.path("version").asLong();
    }
}
