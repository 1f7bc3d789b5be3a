package dev.freshet.cli.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Predicate;

/**
 * {@code /health/live}: 503 where only a new process would help. {@code /health/ready}: 503 with the reasons where changes
 * that are committed now will not be applied soon.
 */
public final class HealthRoutes implements Routes {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Health health;

    public HealthRoutes(Health health) {
        this.health = health;
    }

    @Override
    public void configure(JavalinConfig server) {
        server.routes.get("/health/live", context -> answer(context, "live", Health.Part::live));
        server.routes.get("/health/ready", context -> answer(context, "ready", Health.Part::ready));
    }

    private void answer(Context context, String status, Predicate<Health.Part> good) {
        List<Health.Part> parts = health.parts();
        boolean all = parts.stream().allMatch(good);
        ObjectNode json = MAPPER.createObjectNode().put("status", all ? status : "not " + status);
        ArrayNode reasons = json.putArray("reasons");
        ObjectNode byName = json.putObject("parts");
        for (Health.Part part : parts) {
            part.reasons().forEach(reasons::add);
            byName.putObject(part.name())
                    .put("live", part.live())
                    .put("ready", part.ready())
                    .put("role", part.role());
        }
        context.status(all ? 200 : 503)
                .header("Cache-Control", "no-store")
                .contentType("application/json")
                .result(json + "\n");
    }
}
