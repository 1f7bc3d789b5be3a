package dev.freshet.system.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.system.oracle.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The forms in which rows are cached: what the configuration says of each, who fills it, and what may stand at an entry
 * given the rows, in JSON.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists and maps are
enum Form {
    BOOK(
            Table.BOOK,
            Filler.READER,
            Content.ROW,
            "book:{id}",
            List.of("id", "author", "genre", "price", "version"),
            Map.of()),
    /** A list: the old author's and the new author's. */
    AUTHOR(Table.BOOK, Filler.READER, Content.ROWS, "author:{author}:books", List.of("id", "version"), Map.of()),
    CARD(
            Table.BOOK,
            Filler.READER,
            Content.ROW,
            "card:{id}",
            List.of("id", "price", "version"),
            refresh("id", "price", "version")),
    PRICE(Table.BOOK, Filler.BEFOREHAND, Content.ROW, "prices {id}", List.of("id", "price", "version"), Map.of()),
    STOCK(Table.BOOK, Filler.WRITER, Content.ROW, "stock {id}", List.of("id", "version"), refresh("id", "version")),
    SHELF(
            Table.BOOK,
            Filler.READER,
            Content.ROWS,
            "shelf:{genre}:all",
            List.of("id", "price"),
            Map.of("tag", "genre:{genre}", "members", "shelf:*", "columns", List.of("genre", "price"))),
    LINE(
            Table.ITEM,
            Filler.READER,
            Content.ROW,
            "line:{purchase}:{line}",
            List.of("purchase", "line", "quantity", "version"),
            Map.of()),
    /** Rebuilt by a query, from several rows. */
    SUMMARY(
            Table.ITEM,
            Filler.READER,
            Content.SUM,
            "order:{purchase}:summary",
            List.of("lines", "quantity", "version"),
            Map.of(
                    "on-change",
                    "refresh",
                    "query",
                    "SELECT count(*) AS lines, sum(quantity)::bigint AS quantity, max(version) AS version FROM item"
                            + " WHERE purchase = :purchase HAVING count(*) > 0",
                    "ttl",
                    "1h")),
    NOTE(Table.NOTE, Filler.READER, Content.ROW, "note:{id}", List.of("id", "grp", "status", "version"), Map.of()),
    /** Several rows behind one refreshed key: the newest change's row stands there. */
    GROUP(
            Table.NOTE,
            Filler.WRITER,
            Content.ANY_ROW,
            "grp:{grp}",
            List.of("id", "grp", "version"),
            refresh("id", "grp", "version")),
    PUBLISHED(
            Table.NOTE,
            Filler.READER,
            Content.PUBLISHED_ROWS,
            "notes:list:all",
            List.of("id", "version"),
            Map.of("match", "notes:list:*", "when", "row.status == 1")),
    PLAIN(Table.PLAIN, Filler.BEFOREHAND, Content.ROW, "plain:{id}", List.of("id", "version"), Map.of());

    /** Who puts values there. */
    enum Filler {
        /** Readers, through cache-client, at any time; where it refreshes, the writer as well. */
        READER,
        /** The test itself, with a plain SET, before each round: whatever changes has to go. */
        BEFOREHAND,
        /** The writer alone. */
        WRITER
    }

    /** What stands there. */
    enum Content {
        ROW,
        ROWS,
        PUBLISHED_ROWS,
        SUM,
        ANY_ROW
    }

    private final Table table;
    private final Filler filler;
    private final Content content;
    private final String template;
    private final List<String> shown;
    private final Map<String, Object> settings;
    private final List<String> by;
    private final Pattern pattern;

    Form(
            Table table,
            Filler filler,
            Content content,
            String template,
            List<String> shown,
            Map<String, Object> settings) {
        this.table = table;
        this.filler = filler;
        this.content = content;
        this.template = template;
        this.shown = shown;
        this.settings = settings;
        this.by =
                place().matcher(template).results().map(place -> place.group(1)).toList();
        this.pattern = Pattern.compile(place().matcher(template).replaceAll("(\\\\d+)"));
    }

    private static Map<String, Object> refresh(String... columns) {
        return Map.of(
                "on-change", "refresh", "value", Map.of("format", "json", "columns", List.of(columns)), "ttl", "1h");
    }

    /** A column in a template. */
    private static Pattern place() {
        return Pattern.compile("\\{(\\w+)}");
    }

    Table table() {
        return table;
    }

    Filler filler() {
        return filler;
    }

    boolean isList() {
        return content == Content.ROWS || content == Content.PUBLISHED_ROWS;
    }

    /** The tags under which readers file it. */
    List<String> tags(Entry entry) {
        return this == SHELF ? List.of("genre:" + columns(entry).orElseThrow().get("genre")) : List.of();
    }

    /** What stands under its name in the configuration file. */
    Map<String, Object> yaml() {
        Map<String, Object> yaml = new LinkedHashMap<>();
        yaml.put("table", "public." + table.sql());
        yaml.putAll(settings);
        if (!settings.containsKey("tag") && !settings.containsKey("match")) {
            String[] parts = template.split(" ", 2);
            yaml.put("key", parts[0]);
            if (parts.length > 1) {
                yaml.put("field", parts[1]);
            }
        }
        return yaml;
    }

    /** Matches every key of this form. */
    String glob() {
        return place().matcher(template.split(" ", 2)[0]).replaceAll("*");
    }

    /** Any entry of this form. */
    Entry draw(Random random) {
        Map<String, Long> row = new LinkedHashMap<>();
        by.forEach(column -> row.put(column, (long) random.nextInt(table.bound(column))));
        return entry(row);
    }

    /** The one that a row stands behind. */
    Entry entry(Map<String, Long> row) {
        String text = place().matcher(template).replaceAll(place -> String.valueOf(row.get(place.group(1))));
        int space = text.indexOf(' ');
        return space < 0 ? Entry.ofKey(text) : Entry.ofField(text.substring(0, space), text.substring(space + 1));
    }

    static Optional<Form> of(Entry entry) {
        for (Form form : values()) {
            if (form.columns(entry).isPresent()) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    /** What the entry says of the rows behind it; empty where it is none of this form. */
    Optional<Map<String, Long>> columns(Entry entry) {
        Matcher matcher = pattern.matcher(
                entry.field().map(field -> entry.key() + " " + field).orElse(entry.key()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, Long> columns = new LinkedHashMap<>();
        for (int i = 0; i < by.size(); i++) {
            columns.put(by.get(i), Long.valueOf(matcher.group(i + 1)));
        }
        return Optional.of(columns);
    }

    /** Whether a row stands behind an entry of this form. */
    boolean concerns(Entry entry, Map<String, Long> row) {
        return columns(entry)
                .filter(columns -> columns.entrySet().stream()
                        .allMatch(column -> column.getValue().equals(row.get(column.getKey()))))
                .isPresent();
    }

    /** What an application asks the database for. */
    String query(Entry entry) {
        String where = columns(entry).orElseThrow().entrySet().stream()
                .map(column -> column.getKey() + " = " + column.getValue())
                .collect(Collectors.joining(" AND "));
        return switch (content) {
            case SUM ->
                "SELECT count(*) AS lines, sum(quantity)::bigint AS quantity, max(version) AS version FROM "
                        + table.sql() + " WHERE " + where + " HAVING count(*) > 0";
            case PUBLISHED_ROWS ->
                "SELECT " + String.join(", ", shown) + " FROM " + table.sql() + " WHERE status = 1 ORDER BY 1";
            case ROW, ROWS, ANY_ROW ->
                "SELECT " + String.join(", ", shown) + " FROM " + table.sql() + " WHERE " + where + " ORDER BY 1";
        };
    }

    /** What may stand at the entry, the rows being these; nothing may always. */
    List<JsonNode> allowed(Entry entry, Rows now) {
        List<Map<String, Long>> rows =
                now.of(table).stream().filter(row -> concerns(entry, row)).toList();
        return switch (content) {
            case ROW -> List.of(rows.isEmpty() ? NullNode.getInstance() : json(rows.get(0)));
            case ANY_ROW -> rows.stream().<JsonNode>map(this::json).toList();
            case ROWS -> List.of(array(rows));
            case PUBLISHED_ROWS ->
                List.of(array(rows.stream()
                        .filter(row -> Long.valueOf(1).equals(row.get("status")))
                        .toList()));
            case SUM -> List.of(rows.isEmpty() ? NullNode.getInstance() : json(sum(rows)));
        };
    }

    private static Map<String, Long> sum(List<Map<String, Long>> rows) {
        return Map.of(
                "lines", (long) rows.size(),
                "quantity",
                        rows.stream()
                                .mapToLong(row -> row.getOrDefault("quantity", 0L))
                                .sum(),
                "version",
                        rows.stream()
                                .mapToLong(row -> row.getOrDefault("version", 0L))
                                .max()
                                .orElse(0));
    }

    private JsonNode array(List<Map<String, Long>> rows) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        List<Map<String, Long>> sorted = new ArrayList<>(rows);
        sorted.sort(java.util.Comparator.comparing(row -> row.getOrDefault("id", 0L)));
        sorted.forEach(row -> array.add(json(row)));
        return array;
    }

    /** A row as this form shows it. */
    JsonNode json(Map<String, Long> row) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        shown.forEach(column -> json.put(column, row.get(column)));
        return json;
    }
}
