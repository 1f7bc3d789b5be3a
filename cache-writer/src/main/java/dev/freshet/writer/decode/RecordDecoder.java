package dev.freshet.writer.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.Cell;
import dev.freshet.model.Lsn;
import dev.freshet.model.Origin;
import dev.freshet.model.Position;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.writer.catalogue.Catalogue;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads Debezium's JSON envelope, with or without its schema part, as our listener or a Debezium in Kafka Connect writes
 * it. Thread-confined.
 */
public final class RecordDecoder {

    /** Fractions are read as doubles, as they were written: a BigDecimal knows no negative zero. */
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Set<TableId> tables;
    private final Shapes shapes;
    private final GeneratedColumns generated;

    /** @param tables the tables that some mapping names; records of others hold nothing */
    public RecordDecoder(Set<TableId> tables, Catalogue catalogue, GeneratedColumns generated, InstantSource clock) {
        this.tables = Set.copyOf(tables);
        this.shapes = new Shapes(catalogue, clock);
        this.generated = generated;
    }

    /**
     * What a record holds.
     *
     * @param value the record's value; null for Kafka's tombstone
     * @param epoch of the positions, as our listener states it in a header; empty in records of others
     * @throws UndecodableException where the bytes are no envelope
     * @throws dev.freshet.writer.catalogue.SourceUnavailableException where the catalogue is needed and away
     */
    public Decoded decode(byte @org.jspecify.annotations.Nullable [] value, OptionalLong epoch) {
        if (value == null || value.length == 0) {
            return Decoded.NOTHING;
        }
        JsonNode root = parse(value);
        boolean withSchema = root.has("schema") && root.has("payload");
        JsonNode envelope = withSchema ? root.path("payload") : root;
        if (envelope.isNull()) {
            return Decoded.NOTHING;
        }
        String operation = envelope.path("op").asText();
        if (operation.equals("m")) {
            return Decoded.NOTHING;
        }
        JsonNode source = envelope.path("source");
        TableId table = table(source);
        if (!tables.contains(table)) {
            return Decoded.NOTHING;
        }
        Map<String, WireType> types = withSchema ? WireType.ofImage(root.path("schema")) : Map.of();
        return change(operation, envelope, table, origin(envelope, source, epoch), types, epoch.isPresent());
    }

    /**
     * The tables whose changes may have been misread since the last call, because a column was retyped or the replica
     * identity changed meanwhile. Told within seconds after the last such change, if it is asked often.
     *
     * @throws dev.freshet.writer.catalogue.SourceUnavailableException where the catalogue is needed and away
     */
    public Set<TableId> redefined() {
        return shapes.redefined();
    }

    /** The transaction of a record that cannot be decoded; empty where not even that can be read. */
    public static OptionalLong transaction(byte @org.jspecify.annotations.Nullable [] value) {
        if (value == null) {
            return OptionalLong.empty();
        }
        try {
            JsonNode root = parse(value);
            return transaction((root.has("payload") ? root.path("payload") : root).path("source"));
        } catch (UndecodableException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong transaction(JsonNode source) {
        JsonNode id = source.path("txId");
        return id.isIntegralNumber() && id.canConvertToLong() ? OptionalLong.of(id.longValue()) : OptionalLong.empty();
    }

    private static JsonNode parse(byte[] value) {
        try {
            JsonNode root = JSON.readTree(value);
            if (root == null || !root.isObject()) {
                throw new UndecodableException("the value is no JSON object");
            }
            return root;
        } catch (IOException e) {
            // Jackson's message quotes the input.
            throw new UndecodableException(
                    "the value is no JSON (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static TableId table(JsonNode source) {
        String schema = source.path("schema").asText();
        String name = source.path("table").asText();
        if (schema.isEmpty() || name.isEmpty()) {
            throw new UndecodableException("the value is no envelope: source.schema or source.table is missing");
        }
        return new TableId(schema, name);
    }

    private static Origin origin(JsonNode envelope, JsonNode source, OptionalLong epoch) {
        Instant committed = source.path("ts_us").isIntegralNumber()
                ? Instant.EPOCH.plus(source.path("ts_us").longValue(), ChronoUnit.MICROS)
                : Instant.ofEpochMilli(
                        source.path("ts_ms").asLong(envelope.path("ts_ms").asLong()));
        return new Origin(transaction(source), position(source.path("sequence"), epoch.orElse(0)), committed);
    }

    /** {@code ["<previous commit>","<this change>"]}, a JSON text within the JSON; either may be null. */
    private static Optional<Position> position(JsonNode sequence, long epoch) {
        if (!sequence.isTextual()) {
            return Optional.empty();
        }
        try {
            JsonNode parts = JSON.readTree(sequence.textValue());
            if (parts.size() == 2 && parts.path(0).isTextual() && parts.path(1).isTextual()) {
                return Optional.of(new Position(
                        epoch,
                        new Lsn(Long.parseUnsignedLong(parts.get(0).textValue())),
                        new Lsn(Long.parseUnsignedLong(parts.get(1).textValue()))));
            }
            return Optional.empty();
        } catch (IOException | NumberFormatException e) {
            throw new UndecodableException("source.sequence is no pair of log positions ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private Decoded change(
            String operation,
            JsonNode envelope,
            TableId table,
            Origin origin,
            Map<String, WireType> types,
            boolean decimalsAreText) {
        JsonNode before = envelope.path("before");
        JsonNode after = envelope.path("after");
        TableShape shape = shapes.of(table, columns(after.isObject() ? after : before));
        ImageReader reader = new ImageReader(shape, types, new WireText(decimalsAreText));
        return switch (operation) {
            case "c", "r" ->
                new Decoded.Change(new RowChange.Inserted(table, origin, whole(shape, reader.after(after))), shape);
            case "u" -> {
                Row now = reader.after(after);
                Row was = before.isObject() ? reader.before(before) : unchangedIdentity(shape, now);
                // An unchanged TOASTed value is what the before image says, where that tells it.
                now = now.orElse(was);
                yield new Decoded.Change(
                        new RowChange.Updated(table, origin, whole(shape, was), whole(shape, now)), shape);
            }
            case "d" ->
                new Decoded.Change(
                        new RowChange.Deleted(
                                table,
                                origin,
                                before.isObject() ? whole(shape, reader.before(before)) : Row.of(Map.of())),
                        shape);
            case "t" -> new Decoded.Change(new RowChange.Truncated(table, origin), shape);
            default -> throw new UndecodableException("the value is no envelope: op is none of c, r, u, d, t, m");
        };
    }

    private Row whole(TableShape shape, Row row) {
        return generated.complete(shape, row);
    }

    /**
     * The before image of an update that came without one: the identity did not change, of all else nothing is known.
     * With FULL an image always comes, unless the identity was made FULL after this change: then its key stands.
     */
    private static Row unchangedIdentity(TableShape shape, Row after) {
        boolean full = shape.columns().values().stream()
                .filter(column -> column.generated().isEmpty())
                .allMatch(column -> shape.identity().contains(column.name()));
        Map<String, Cell> cells = new HashMap<>();
        for (String column : full ? shape.primaryKey() : shape.identity()) {
            cells.put(column, after.cell(column));
        }
        return Row.of(cells);
    }

    private static Set<String> columns(JsonNode image) {
        Set<String> columns = new HashSet<>();
        image.fieldNames().forEachRemaining(columns::add);
        return columns;
    }
}
