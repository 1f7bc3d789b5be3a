package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.writer.deadletter.DeadLetter;
import dev.freshet.writer.deadletter.DeadLetterBox;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was parked, and its retry and drop. Never what a record holds: that is left to {@code dead-letters show}. Thread-safe;
 * one question to Kafka at a time.
 */
final class Letters {

    private static final Logger LOG = LoggerFactory.getLogger(Letters.class);

    /** More are counted, not listed. */
    private static final int LISTED = 100;

    private static final long PATIENCE_SECONDS = 10;

    /** What can be done. */
    private enum Action {
        RETRY,
        DROP;

        void on(DeadLetterBox box, DeadLetter letter) {
            if (this == RETRY) {
                box.retry(letter);
            } else {
                box.drop(letter);
            }
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Supplier<Optional<DeadLetterBox>> box;
    private final TokenRule rule;
    private final ReentrantLock one = new ReentrantLock();

    /** @param box empty while the process is starting */
    Letters(Supplier<Optional<DeadLetterBox>> box, TokenRule rule) {
        this.box = box;
        this.rule = rule;
    }

    void serve(RoutesConfig routes, UnaryOperator<Handler> guard) {
        routes.get("/api/dead-letters", guard.apply(context -> ask(context, opened -> list(context, opened.open()))));
        for (Action action : Action.values()) {
            routes.post("/api/dead-letters/{id}/" + action.word(), guard.apply(context -> change(context, action)));
        }
    }

    private static void list(Context context, List<DeadLetter> letters) {
        ObjectNode json = Answers.MAPPER.createObjectNode().put("open", letters.size());
        ArrayNode listed = json.putArray("letters");
        letters.stream().limit(LISTED).forEach(letter -> {
            ObjectNode told = listed.addObject()
                    .put("id", letter.id().toString())
                    .put("cause", letter.cause())
                    .put("parked_at", letter.parkedAt().toString())
                    .put("topic", letter.source().topic())
                    .put("partition", letter.source().partition())
                    .put("offset", letter.source().offset());
            letter.table().ifPresent(table -> told.put("table", table));
        });
        Answers.json(context, json);
    }

    private void change(Context context, Action action) {
        DeadLetter.Id id;
        try {
            id = DeadLetter.Id.parse(context.pathParam("id"));
        } catch (IllegalArgumentException e) {
            Answers.problem(context, 400, "a dead letter's id has the form partition:offset");
            return;
        }
        String who = context.req().getRemoteAddr();
        if (!rule.on()) {
            LOG.warn("{} of dead letter {} was refused to {}: writer.console-token is not set", action.word(), id, who);
            Answers.problem(context, 403, "the console may change nothing: writer.console-token is not set");
        } else if (!rule.allows(Optional.ofNullable(context.header(TokenRule.HEADER)))) {
            LOG.warn("{} of dead letter {} was refused to {}: wrong token", action.word(), id, who);
            Answers.problem(context, 403, "this is not the token that writer.console-token names");
        } else {
            ask(context, opened -> change(context, opened, action, id, who));
        }
    }

    private static void change(Context context, DeadLetterBox opened, Action action, DeadLetter.Id id, String who) {
        Optional<DeadLetter> found =
                opened.open().stream().filter(letter -> letter.id().equals(id)).findFirst();
        if (found.isEmpty()) {
            Answers.problem(context, 404, "there is no dead letter " + id + ", or it is done");
            return;
        }
        action.on(opened, found.get());
        LOG.info("{} of dead letter {} through the console, by {}", action.word(), id, who);
        Answers.json(
                context,
                Answers.MAPPER.createObjectNode().put("id", id.toString()).put("done", action.word()));
    }

    /** Something that is asked of the box. */
    private interface Question {
        void ask(DeadLetterBox box);
    }

    private void ask(Context context, Question question) {
        Optional<DeadLetterBox> opened = box.get();
        if (opened.isEmpty()) {
            Answers.problem(context, 503, "the writer is starting");
            return;
        }
        try {
            if (!one.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Answers.problem(context, 503, "Kafka is still being asked for somebody else");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Answers.problem(context, 503, "the writer is stopping");
            return;
        }
        try {
            question.ask(opened.get());
        } catch (KafkaException e) {
            LOG.info("Dead letters could not be asked for, or changed, through the console", e);
            Answers.problem(context, 503, "Kafka does not answer, or refuses; the writer's log says more");
        } finally {
            one.unlock();
        }
    }
}
