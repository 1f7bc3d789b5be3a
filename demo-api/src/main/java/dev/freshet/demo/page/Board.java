package dev.freshet.demo.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.demo.api.Json;
import dev.freshet.demo.arena.Arena;
import dev.freshet.demo.arena.Edit;
import dev.freshet.demo.arena.LoadSettings;
import dev.freshet.demo.arena.Reading;
import dev.freshet.demo.arena.Totals;
import dev.freshet.demo.strategy.Kind;
import dev.freshet.demo.strategy.Strategies;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** What the page is told of the arena, as JSON. Thread-safe. */
final class Board {

    private static final int SPAN_SECONDS = 120;

    private final Arena arena;
    private final Deque<ObjectNode> points = new ArrayDeque<>();

    Board(Arena arena) {
        this.arena = arena;
    }

    /** What does not change, and the last minutes. */
    synchronized String hello() {
        ObjectNode json = Answers.MAPPER.createObjectNode();
        json.put("now", Instant.now().toEpochMilli())
                .put("span_seconds", SPAN_SECONDS)
                .put("ttl_seconds", Strategies.TTL.toSeconds())
                .put("max_staleness_seconds", Strategies.MAX_STALENESS.toSeconds())
                .put("late_ms", Totals.LATE_MILLIS)
                .put("most_reads", LoadSettings.MOST_READS)
                .put("most_writes", LoadSettings.MOST_WRITES);
        ArrayNode strategies = json.putArray("strategies");
        for (Kind kind : Kind.values()) {
            strategies
                    .addObject()
                    .put("id", kind.id())
                    .put("title", kind.title())
                    .put("explanation", kind.explanation());
        }
        load(json);
        points.forEach(json.putArray("points")::add);
        return json.toString();
    }

    /** To be asked once a second, by one thread. */
    synchronized String tick() {
        List<Reading> readings = arena.look();
        ObjectNode point =
                Answers.MAPPER.createObjectNode().put("at", Instant.now().toEpochMilli());
        ObjectNode json = Answers.MAPPER.createObjectNode();
        ObjectNode totals = json.putObject("totals");
        for (Reading reading : readings) {
            write(point.putObject(reading.kind().id()), reading.recent(), reading.recentWorstMillis());
            write(totals.putObject(reading.kind().id()), reading.total(), reading.worstMillis())
                    .put("broken", reading.broken());
        }
        points.addLast(point);
        if (points.size() > SPAN_SECONDS) {
            points.removeFirst();
        }
        json.set("point", point);
        load(json);
        json.putObject("faults").put("listener", arena.listenerRuns()).put("redis", arena.redisRuns());
        json.put("own_writes", arena.ownWrites())
                .put("foreign_writes", arena.foreignWrites())
                .put("applied", arena.applied())
                .put("pending", arena.pending());
        return json.toString();
    }

    private void load(ObjectNode json) {
        LoadSettings load = arena.load();
        json.putObject("load")
                .put("reads", load.reads())
                .put("writes", load.writes())
                .put("foreign", load.foreign());
    }

    private static ObjectNode write(ObjectNode json, Totals totals, double worstMillis) {
        json.put("reads", totals.reads())
                .put("hits", totals.hits())
                .put("queries", totals.queries())
                .put("failed", totals.failed())
                .put("skipped", totals.skipped())
                .put("stale", totals.stale())
                .put("late", totals.late())
                .put("worst", worstMillis);
        put(json, "p50", totals.latencies().quantile(0.5));
        put(json, "p99", totals.latencies().quantile(0.99));
        put(json, "mean", totals.meanMillis());
        return json;
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        }
    }

    /** The shelf, as each strategy serves it. */
    String shelf() {
        ArrayNode json = Answers.MAPPER.createArrayNode();
        for (long id : arena.shelf()) {
            ObjectNode book = json.addObject().put("id", id);
            ObjectNode prices = book.putObject("prices");
            for (Map.Entry<Kind, String> page : arena.pages(id).entrySet()) {
                JsonNode read = Json.read(page.getValue());
                book.put("title", read.path("title").asText())
                        .put("author", read.path("author").asText());
                prices.put(page.getKey().id(), read.path("price").decimalValue());
            }
        }
        return json.toString();
    }

    /** The last edits, and how they landed. */
    String edits() {
        ArrayNode json = Answers.MAPPER.createArrayNode();
        for (Edit edit : arena.edits()) {
            ObjectNode landed = Answers.edit(json.addObject(), edit).putObject("landed");
            edit.landed().forEach((kind, millis) -> landed.put(kind.id(), millis));
        }
        return json.toString();
    }
}
