package dev.freshet.demo.page;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.demo.arena.Edit;

/** JSON that more than one answer holds. Thread-safe. */
final class Answers {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private Answers() {}

    static ObjectNode edit(ObjectNode json, Edit edit) {
        return json.put("edit", edit.number())
                .put("book", edit.book())
                .put("price", edit.price().toPlainString())
                .put("sql", edit.sql());
    }
}
