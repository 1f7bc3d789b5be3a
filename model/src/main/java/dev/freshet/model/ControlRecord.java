package dev.freshet.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A record of the control topic, written as one JSON object with a {@code type}. Times are microseconds since 1970. */
public sealed interface ControlRecord {

    byte[] toJson();

    /**
     * The listener's message came back through the log, and Kafka holds every change before it.
     *
     * @param position the message's own
     * @param sourceTime when PostgreSQL wrote it, by the source's clock
     * @param endOffsets by topic, each partition's end offset: the offset after the last record before the message
     */
    record Heartbeat(LogPosition position, Instant sourceTime, Map<String, List<Long>> endOffsets)
            implements ControlRecord {
        public Heartbeat {
            endOffsets = new TreeMap<>(endOffsets);
        }

        @Override
        public byte[] toJson() {
            ObjectNode json = MAPPER.createObjectNode().put("type", "heartbeat");
            json.put("system", position.system()).put("timeline", position.timeline());
            json.put("lsn", position.lsn().toString());
            json.put("source_ts_us", ChronoUnit.MICROS.between(Instant.EPOCH, sourceTime));
            ObjectNode ends = json.putObject("end_offsets");
            endOffsets.forEach((topic, offsets) -> {
                ArrayNode array = ends.putArray(topic);
                offsets.forEach(array::add);
            });
            return bytes(json);
        }
    }

    /**
     * Changes may have been missed: what the mapped caches hold cannot be trusted. A gap of all tables begins a new epoch,
     * higher than any before; one of some tables leaves the epoch as it is.
     *
     * @param reason for people
     * @param tables whose caches cannot be trusted; empty: all mapped tables
     * @param lsn how far the source's log reached when the gap was found. A change from before it may only be deleted for,
     *     never stored: what the log does not tell may have undone it
     * @param epoch the epoch of the positions from here on
     */
    record Gap(String reason, Set<TableId> tables, Lsn lsn, long epoch, Instant found) implements ControlRecord {
        public Gap {
            tables = Collections.unmodifiableSortedSet(new TreeSet<>(tables));
        }

        /** A gap of all mapped tables. */
        public Gap(String reason, Lsn lsn, long epoch, Instant found) {
            this(reason, Set.of(), lsn, epoch, found);
        }

        /** Whether this table's caches cannot be trusted. */
        public boolean concerns(TableId table) {
            return tables.isEmpty() || tables.contains(table);
        }

        @Override
        public byte[] toJson() {
            ObjectNode json = MAPPER.createObjectNode().put("type", "gap").put("reason", reason);
            if (!tables.isEmpty()) {
                ArrayNode names = json.putArray("tables");
                tables.forEach(table -> names.add(table.toString()));
            }
            json.put("lsn", lsn.toString()).put("epoch", epoch);
            json.put("found_ts_us", ChronoUnit.MICROS.between(Instant.EPOCH, found));
            return bytes(json);
        }
    }

    ObjectMapper MAPPER = new ObjectMapper();

    /**
     * Reads a control record.
     *
     * @throws IllegalArgumentException where the bytes are none
     */
    static ControlRecord parse(byte[] bytes) {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            switch (json.path("type").asText()) {
                case "heartbeat" -> {
                    Map<String, List<Long>> ends = new TreeMap<>();
                    if (!json.path("end_offsets").isObject()) {
                        throw new IllegalArgumentException("not a control record: end_offsets is missing");
                    }
                    json.path("end_offsets").properties().forEach(topic -> {
                        List<Long> offsets = new ArrayList<>();
                        topic.getValue().forEach(offset -> offsets.add(number(offset)));
                        ends.put(topic.getKey(), offsets);
                    });
                    if (!json.path("system").isTextual()) {
                        throw new IllegalArgumentException("not a control record: system is missing");
                    }
                    LogPosition position = new LogPosition(
                            json.path("system").textValue(),
                            number(json.path("timeline")),
                            Lsn.parse(json.path("lsn").asText()));
                    return new Heartbeat(position, micros(json.path("source_ts_us")), ends);
                }
                case "gap" -> {
                    return new Gap(
                            json.path("reason").asText(),
                            tables(json.path("tables")),
                            Lsn.parse(json.path("lsn").asText()),
                            number(json.path("epoch")),
                            micros(json.path("found_ts_us")));
                }
                default -> throw new IllegalArgumentException("not a control record: unknown type");
            }
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException("not a control record: not JSON", e);
        }
    }

    /** Without names, or with none, all tables are meant; a name that cannot be read is never left out. */
    private static Set<TableId> tables(JsonNode json) {
        if (!json.isMissingNode() && !json.isArray()) {
            throw new IllegalArgumentException("not a control record: tables is no list");
        }
        Set<TableId> tables = new TreeSet<>();
        for (JsonNode name : json) {
            if (!name.isTextual()) {
                throw new IllegalArgumentException("not a control record: a table's name is no text");
            }
            tables.add(TableId.parse(name.textValue()));
        }
        return tables;
    }

    private static Instant micros(JsonNode json) {
        return Instant.EPOCH.plus(number(json), ChronoUnit.MICROS);
    }

    /** Nothing stands for what is missing: a heartbeat without its offsets would mean that all is applied. */
    private static long number(JsonNode json) {
        if (!json.isIntegralNumber() || !json.canConvertToLong()) {
            throw new IllegalArgumentException("not a control record: a number is missing");
        }
        return json.longValue();
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a control record is always JSON", e);
        }
    }
}
