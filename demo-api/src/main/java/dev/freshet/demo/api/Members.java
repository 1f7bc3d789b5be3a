package dev.freshet.demo.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request's body, checked as a whole: every wrong member is told at once. Read member by member; then {@link #done}. */
final class Members {

    private static final int LONGEST_SHOWN = 40;

    private final JsonNode body;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Problem.Member> errors = new ArrayList<>();

    private Members(JsonNode body) {
        this.body = body;
    }

    /** @param wanted what the body should be, for people */
    static Members of(byte[] body, String wanted) {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(body);
        } catch (IOException | NumberFormatException e) { // the latter from an exponent beyond an int
            throw Problem.badRequest("The body is not a well-formed JSON object.")
                    .refused();
        }
        if (!tree.isObject() || tree.isEmpty()) {
            throw Problem.badRequest("The body must be a JSON object with " + wanted + ".")
                    .refused();
        }
        return new Members(tree);
    }

    /** Empty where it is not there, or wrong. */
    <T> Optional<T> optional(String name, Function<JsonNode, T> reader) {
        known.add(name);
        @Nullable JsonNode value = body.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(value));
        } catch (Values.WrongValue e) {
            wrong(name, e.rule());
            return Optional.empty();
        }
    }

    /** As {@link #optional}; that it is not there is wrong. */
    <T> Optional<T> required(String name, Function<JsonNode, T> reader) {
        if (!body.has(name)) {
            wrong(name, "is missing");
        }
        return optional(name, reader);
    }

    /** @throws Problem.RefusedException where a member was wrong, or is not known */
    void done() {
        body.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                wrong(name, "is not known here; known are " + String.join(", ", known));
            }
        });
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).refused();
        }
    }

    private void wrong(String name, String rule) {
        String shown = name.length() <= LONGEST_SHOWN ? name : name.substring(0, LONGEST_SHOWN) + "…";
        errors.add(new Problem.Member("/" + shown.replace("~", "~0").replace("/", "~1"), rule));
    }
}
