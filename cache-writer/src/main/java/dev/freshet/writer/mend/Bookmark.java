package dev.freshet.writer.mend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a cache was filled. Immutable.
 *
 * @param definition of what was filled
 * @param after the primary key of the last row that was dealt with, as text; empty where all were
 */
record Bookmark(String definition, Optional<List<String>> after) {

    private static final ObjectMapper JSON = new ObjectMapper();

    Bookmark {
        after = after.map(List::copyOf);
    }

    String toJson() {
        ObjectNode json = JSON.createObjectNode().put("definition", definition);
        after.ifPresent(key -> {
            ArrayNode array = json.putArray("after");
            key.forEach(array::add);
        });
        return json.toString();
    }

    /** Empty where the text is none. */
    static Optional<Bookmark> parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            Optional<List<String>> after = Optional.empty();
            if (json.has("after")) {
                List<String> key = new ArrayList<>();
                json.path("after").forEach(part -> key.add(part.asText()));
                after = Optional.of(key);
            }
            return json.path("definition").isTextual()
                    ? Optional.of(new Bookmark(json.path("definition").asText(), after))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** A primary key is a row's. */
    @Override
    public String toString() {
        return "Bookmark[" + definition + "]";
    }
}
