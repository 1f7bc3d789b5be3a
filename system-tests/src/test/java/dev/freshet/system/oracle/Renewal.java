package dev.freshet.system.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** That an entry must hold this row's value. */
record Renewal(Cache cache, Image image) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    boolean isIn(Held held) {
        return switch (cache.format()) {
            case JSON -> held instanceof Held.Text text && isJson(text.text());
            case HASH -> held instanceof Held.Hash hash && hash.fields().equals(fields());
        };
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new HashMap<>();
        cache.valueColumns().forEach(column -> image.cell(column).ifPresent(text -> fields.put(column, text)));
        return fields;
    }

    private boolean isJson(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.isObject()
                    && json.size() == cache.valueColumns().size()
                    && cache.valueColumns().stream().allMatch(column -> says(json.path(column), column));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    // A number as it prints, its trailing zeros with it: so equals is meant, not compareTo.
    @SuppressWarnings("BigDecimalEquals")
    private boolean says(JsonNode node, String column) {
        Optional<String> cell = image.cell(column);
        if (cell.isEmpty()) {
            return node.isNull();
        }
        Form form = cache.table().forms().getOrDefault(column, Form.TEXT);
        return form.isNumber()
                ? node.isNumber() && node.decimalValue().equals(new BigDecimal(cell.get()))
                : node.isTextual() && node.textValue().equals(cell.get());
    }

    @Override
    public String toString() {
        return cache.name() + " of " + image.cells();
    }
}
