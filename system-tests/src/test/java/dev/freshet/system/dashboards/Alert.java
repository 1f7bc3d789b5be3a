package dev.freshet.system.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** One alert rule. Fields that are not there are empty. */
record Alert(
        String name,
        String expression,
        String patience,
        String severity,
        String summary,
        String description,
        String runbook) {

    static List<Alert> shipped() {
        List<Alert> alerts = new ArrayList<>();
        Shipped.yaml(Shipped.PROMETHEUS.resolve("alerts.yml"))
                .path("groups")
                .forEach(group -> group.path("rules").forEach(rule -> alerts.add(of(rule))));
        return alerts;
    }

    static Alert named(String name) {
        return shipped().stream()
                .filter(alert -> alert.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Alert of(JsonNode rule) {
        JsonNode told = rule.path("annotations");
        return new Alert(
                rule.path("alert").asText(),
                rule.path("expr").asText(),
                rule.path("for").asText(),
                rule.path("labels").path("severity").asText(),
                told.path("summary").asText(),
                told.path("description").asText(),
                told.path("runbook_url").asText());
    }
}
