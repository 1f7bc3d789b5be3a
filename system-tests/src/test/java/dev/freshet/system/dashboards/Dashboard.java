package dev.freshet.system.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The dashboard, as far as it is judged here. */
record Dashboard(List<Panel> panels, List<String> annotations, List<String> variableQueries) {

    /** @param expressions by the letter that the panel knows them by */
    record Panel(
            int id,
            String type,
            String title,
            String description,
            String unit,
            Map<String, String> expressions,
            Place place,
            List<String> sources) {}

    /** Where it stands on the grid of 24 columns. */
    record Place(int x, int y, int width, int height) {

        boolean overlaps(Place other) {
            return x < other.x + other.width
                    && other.x < x + width
                    && y < other.y + other.height
                    && other.y < y + height;
        }

        private static Place of(JsonNode json) {
            return new Place(
                    json.path("x").intValue(),
                    json.path("y").intValue(),
                    json.path("w").intValue(),
                    json.path("h").intValue());
        }
    }

    static Dashboard shipped() {
        JsonNode json = Shipped.json(Shipped.GRAFANA.resolve("dashboards/freshet.json"));
        List<Panel> panels = new ArrayList<>();
        collect(json.path("panels"), panels);
        List<String> annotations = new ArrayList<>();
        json.path("annotations")
                .path("list")
                .forEach(one -> annotations.add(one.path("expr").asText()));
        List<String> queries = new ArrayList<>();
        json.path("templating").path("list").forEach(one -> {
            if (one.path("type").asText().equals("query")) {
                queries.add(one.path("query").path("query").asText());
            }
        });
        return new Dashboard(panels, annotations, queries);
    }

    /** A closed row holds its panels; an open one stands before them. */
    private static void collect(JsonNode nodes, List<Panel> panels) {
        for (JsonNode node : nodes) {
            panels.add(panel(node));
            collect(node.path("panels"), panels);
        }
    }

    private static Panel panel(JsonNode node) {
        Map<String, String> expressions = new LinkedHashMap<>();
        List<String> sources = new ArrayList<>();
        node.path("targets").forEach(target -> {
            expressions.put(target.path("refId").asText(), target.path("expr").asText());
            sources.add(target.path("datasource").path("uid").asText());
        });
        return new Panel(
                node.path("id").intValue(),
                node.path("type").asText(),
                node.path("title").asText(),
                node.path("description").asText(),
                node.path("fieldConfig").path("defaults").path("unit").asText(),
                expressions,
                Place.of(node.path("gridPos")),
                sources);
    }

    /** But for the rows, which only head others. */
    List<Panel> drawn() {
        return panels.stream().filter(panel -> !panel.type().equals("row")).toList();
    }

    List<String> expressions() {
        List<String> all = new ArrayList<>(annotations);
        drawn().forEach(panel -> all.addAll(panel.expressions().values()));
        return all;
    }
}
