package dev.freshet.listener;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.model.TableId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of the source its log does not tell, as it was when a position was stored. Immutable.
 *
 * @param incarnation changes when the server recovers from a crash, and from server to server; not at an orderly restart
 * @param asynchronousCommits whether commits may be visible before they are safe, by the settings of the server, of a
 *     database or of a role
 * @param tables each mapped table's fingerprint: other when the table, its partitions or their files are others, or when
 *     it is published in another way
 */
public record SourceState(String incarnation, boolean asynchronousCommits, SortedMap<TableId, String> tables) {

    /** Of a position that was stored without: nothing about it can be proven. */
    static final SourceState UNKNOWN = new SourceState("", false, new TreeMap<>());

    public SourceState {
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    }

    /** The tables of which something may have happened since the older state that the log does not tell. */
    SortedSet<TableId> changedSince(SourceState older) {
        SortedSet<TableId> changed = new TreeSet<>();
        tables.forEach((table, fingerprint) -> {
            if (!fingerprint.equals(older.tables.get(table))) {
                changed.add(table);
            }
        });
        return changed;
    }

    ObjectNode toJson(ObjectMapper mapper) {
        ObjectNode json = mapper.createObjectNode()
                .put("incarnation", incarnation)
                .put("asynchronous_commits", asynchronousCommits);
        ObjectNode fingerprints = json.putObject("tables");
        tables.forEach((table, fingerprint) -> fingerprints.put(table.toString(), fingerprint));
        return json;
    }

    /** @throws IllegalArgumentException where a table's name is none */
    static SourceState parse(JsonNode json) {
        SortedMap<TableId, String> tables = new TreeMap<>();
        json.path("tables")
                .properties()
                .forEach(table -> tables.put(
                        TableId.parse(table.getKey()), table.getValue().asText()));
        return new SourceState(
                json.path("incarnation").asText(),
                json.path("asynchronous_commits").asBoolean(),
                tables);
    }
}
