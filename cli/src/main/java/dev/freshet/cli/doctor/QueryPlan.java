package dev.freshet.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.TableId;
import java.util.Set;
import java.util.TreeSet;

/** What a plan reads, as {@code EXPLAIN (VERBOSE, FORMAT JSON)} prints it: views stand there resolved. */
final class QueryPlan {

    private QueryPlan() {}

    /** The relations that some node of the plan scans; partitions under their own names. */
    static Set<TableId> relations(JsonNode plan) {
        Set<TableId> relations = new TreeSet<>();
        collect(plan, relations);
        return relations;
    }

    private static void collect(JsonNode node, Set<TableId> relations) {
        JsonNode name = node.path("Relation Name");
        JsonNode schema = node.path("Schema");
        if (name.isTextual() && schema.isTextual()) {
            relations.add(new TableId(schema.textValue(), name.textValue()));
        }
        node.forEach(child -> collect(child, relations));
    }
}
