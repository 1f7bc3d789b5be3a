package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class QueryPlanTest {

    @Test
    void aPlanTellsItsRelationsAtAnyDepth() throws Exception {
        JsonNode plan = new ObjectMapper().readTree("""
                [{"Plan": {"Node Type": "Nested Loop", "Plans": [
                  {"Node Type": "Index Scan", "Relation Name": "a", "Schema": "public", "Alias": "x"},
                  {"Node Type": "Hash", "Plans": [
                    {"Node Type": "Foreign Scan", "Relation Name": "b", "Schema": "far", "Alias": "b"}]},
                  {"Node Type": "CTE Scan", "CTE Name": "c"}]}}]""");

        assertThat(QueryPlan.relations(plan)).hasToString("[far.b, public.a]");
    }
}
