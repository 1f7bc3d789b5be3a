package dev.freshet.cli.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Statuses for programs. Pure functions. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /**
     * One object: {@code pipeline}, {@code at}, {@code state} (ok, broken or away), {@code staleness_seconds} and
     * {@code watermark} where they are known, {@code stages} and {@code partitions}.
     */
    public static ObjectNode of(Status status) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("pipeline", status.pipeline()).put("at", status.at().toString());
        json.put("state", status.away() ? "away" : status.broken() ? "broken" : "ok");
        status.staleness().ifPresent(age -> json.put("staleness_seconds", Judge.seconds(age)));
        status.watermark()
                .ifPresent(mark -> json.putObject("watermark")
                        .put("source_time", mark.sourceTime().toString())
                        .put("position", mark.position().toString()));
        ArrayNode stages = json.putArray("stages");
        for (Stage stage : status.stages()) {
            ObjectNode one = stages.addObject()
                    .put("name", stage.name())
                    .put("state", stage.state().name().toLowerCase(Locale.ROOT))
                    .put("summary", stage.summary());
            stage.mend().ifPresent(mend -> one.put("mend", mend));
            stage.figures().forEach((name, value) -> one.set(name, MAPPER.valueToTree(value)));
        }
        ArrayNode partitions = json.putArray("partitions");
        status.partitions()
                .forEach(lag -> partitions
                        .addObject()
                        .put("topic", lag.topic())
                        .put("partition", lag.partition())
                        .put("lag_records", lag.records())
                        .put("lag_seconds", Judge.seconds(lag.waiting())));
        return json;
    }

    /** The same on one line. */
    public static String line(Status status) {
        try {
            return MAPPER.writeValueAsString(of(status));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status is always JSON", e);
        }
    }
}
