package dev.freshet.listener;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.model.Lsn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * How far a pipeline has come: every change committed before {@code lsn} is in Kafka. Stored before the slot is told.
 *
 * @param lsn the end of a transaction, or a message between two
 * @param systemIdentifier names the cluster that the LSN belongs to
 * @param timeline raised by PostgreSQL when a standby is promoted or a backup restored
 * @param epoch of the changes from this position on
 * @param source what the log does not tell; stored only once a gap that it made is
 */
public record StoredPosition(
        String slot, Lsn lsn, String systemIdentifier, int timeline, long epoch, SourceState source) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    StoredPosition at(Lsn newLsn) {
        return new StoredPosition(slot, newLsn, systemIdentifier, timeline, epoch, source);
    }

    StoredPosition inEpoch(long newEpoch) {
        return new StoredPosition(slot, lsn, systemIdentifier, timeline, newEpoch, source);
    }

    StoredPosition with(SourceState newSource) {
        return new StoredPosition(slot, lsn, systemIdentifier, timeline, epoch, newSource);
    }

    byte[] toJson() {
        ObjectNode json = MAPPER.createObjectNode()
                .put("slot", slot)
                .put("lsn", lsn.toString())
                .put("system_identifier", systemIdentifier)
                .put("timeline", timeline)
                .put("epoch", epoch)
                .set("source", source.toJson(MAPPER));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a position.
     *
     * @throws IllegalArgumentException where the bytes are none
     */
    static StoredPosition parse(byte[] bytes) {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            return new StoredPosition(
                    json.path("slot").asText(),
                    Lsn.parse(json.path("lsn").asText()),
                    json.path("system_identifier").asText(),
                    json.path("timeline").asInt(),
                    json.path("epoch").asLong(),
                    SourceState.parse(json.path("source")));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a stored position: not JSON", e);
        }
    }
}
