package dev.freshet.demo.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The part of JSON Schema that the API's description uses. A keyword that is not known here is a fault. */
final class SchemaCheck {

    private final JsonNode root;

    SchemaCheck(JsonNode root) {
        this.root = root;
    }

    /** Empty where the value is as the schema says. */
    List<String> faults(JsonNode schema, JsonNode value) {
        List<String> faults = new ArrayList<>();
        check(schema, value, "", faults);
        return faults;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> faults) {
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            JsonNode rule = keyword.getValue();
            boolean holds = switch (keyword.getKey()) {
                case "description", "default", "example", "format" -> true;
                case "$ref" -> {
                    check(root.at(rule.asText().substring(1)), value, at, faults);
                    yield true;
                }
                case "type" ->
                    rule.isArray()
                            ? StreamSupport.stream(rule.spliterator(), false).anyMatch(one -> is(one.asText(), value))
                            : is(rule.asText(), value);
                case "enum" -> StreamSupport.stream(rule.spliterator(), false).anyMatch(value::equals);
                case "minimum" -> !value.isNumber() || value.decimalValue().compareTo(rule.decimalValue()) >= 0;
                case "maximum" -> !value.isNumber() || value.decimalValue().compareTo(rule.decimalValue()) <= 0;
                case "multipleOf" ->
                    value.decimalValue().remainder(rule.decimalValue()).signum() == 0;
                case "minLength" -> value.asText().length() >= rule.asInt();
                case "maxLength" -> value.asText().length() <= rule.asInt();
                case "pattern" -> value.asText().matches(rule.asText());
                case "required" ->
                    StreamSupport.stream(rule.spliterator(), false).allMatch(name -> value.has(name.asText()));
                case "additionalProperties" ->
                    StreamSupport.stream(((Iterable<String>) value::fieldNames).spliterator(), false)
                            .allMatch(schema.path("properties")::has);
                case "properties" -> {
                    rule.properties().forEach(property -> {
                        if (value.has(property.getKey())) {
                            check(
                                    property.getValue(),
                                    value.get(property.getKey()),
                                    at + "/" + property.getKey(),
                                    faults);
                        }
                    });
                    yield true;
                }
                case "items" -> {
                    for (int i = 0; i < value.size(); i++) {
                        check(rule, value.get(i), at + "/" + i, faults);
                    }
                    yield true;
                }
                case "oneOf" ->
                    StreamSupport.stream(rule.spliterator(), false)
                                    .filter(one -> faults(one, value).isEmpty())
                                    .count()
                            == 1;
                default -> false;
            };
            if (!holds) {
                faults.add(at + " breaks " + keyword.getKey() + " " + rule);
            }
        }
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> false;
        };
    }
}
