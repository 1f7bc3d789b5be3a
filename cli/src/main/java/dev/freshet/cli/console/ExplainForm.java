package dev.freshet.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.cli.explain.ChangeExplainer;
import dev.freshet.cli.explain.Explanation;
import dev.freshet.cli.explain.Question;
import dev.freshet.cli.explain.UnexplainableException;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** {@code explain}, asked from the page. Reads only, on a connection of its own. Thread-safe. */
final class ExplainForm {

    /** No form of a foreign page can send it, and no script of one without being asked first. */
    private static final String HEADER = "Freshet-Console";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Each question takes a connection of the source. */
    private final Semaphore room = new Semaphore(2);

    private final FreshetConfig config;

    ExplainForm(FreshetConfig config) {
        this.config = config;
    }

    void answer(Context context) {
        if (context.header(HEADER) == null) {
            Answers.problem(context, 403, "the header " + HEADER + " is missing");
            return;
        }
        JsonNode json;
        try {
            json = Answers.MAPPER.readTree(context.body());
        } catch (JsonProcessingException e) {
            Answers.problem(context, 400, "the request is no JSON");
            return;
        }
        if (!room.tryAcquire()) {
            Answers.problem(context, 503, "others are asking; try again");
            return;
        }
        try (SourceConnection source = new SourceConnection(config.postgres(), "console", PATIENCE)) {
            Question question = new Question(json.path("table").asText(), text(json, "before"), text(json, "after"));
            Answers.json(context, json(new ChangeExplainer(config, source).explain(question)));
        } catch (UnexplainableException e) {
            Answers.problem(
                    context,
                    400,
                    String.valueOf(e.getMessage()),
                    Answers.MAPPER.createObjectNode().put("field", e.field()));
        } catch (SourceUnavailableException e) {
            Answers.problem(context, 503, String.valueOf(e.getMessage()));
        } finally {
            room.release();
        }
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.of(json.path(name).asText()).filter(text -> !text.isBlank());
    }

    private static ObjectNode json(Explanation explanation) {
        ObjectNode json = Answers.MAPPER.createObjectNode().put("change", explanation.change());
        ArrayNode effects = json.putArray("effects");
        explanation
                .effects()
                .forEach(effect ->
                        effects.addObject().put("cache", effect.cache()).put("words", effect.words()));
        ArrayNode warnings = json.putArray("warnings");
        explanation.warnings().forEach(warnings::add);
        return json;
    }
}
