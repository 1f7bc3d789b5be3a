package dev.freshet.system.oracle;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** One entry of {@code caches:}, as the judge understands it and as the configuration file says it. Immutable. */
public final class Cache {

    /** What a refresh stores, and how. */
    public enum Value {
        JSON,
        HASH
    }

    private final String name;
    private final Table table;
    private final Map<String, Object> settings;
    private final Predicate<Image> when;
    private final Optional<Template> key;
    private final Optional<Template> field;
    private final Optional<Pattern> glob;

    private Cache(String name, Table table, Map<String, Object> settings, Predicate<Image> when) {
        this.name = name;
        this.table = table;
        this.settings = settings;
        this.when = when;
        this.key = text("key").map(template -> new Template(template, table.forms()));
        this.field = text("field").map(template -> new Template(template, table.forms()));
        this.glob = text("match").map(Cache::ofGlob);
    }

    public static Cache key(String name, Table table, String template) {
        return new Cache(name, table, Map.of(), image -> true).with("key", template);
    }

    public static Cache match(String name, Table table, String glob) {
        return new Cache(name, table, Map.of(), image -> true).with("match", glob);
    }

    public Cache field(String template) {
        return with("field", template);
    }

    public Cache columns(String... columns) {
        return with("columns", List.of(columns));
    }

    /** @param predicate what the expression says, in Java */
    public Cache when(String expression, Predicate<Image> predicate) {
        return new Cache(name, table, with("when", expression).settings, predicate);
    }

    public Cache refresh(Value format, String... columns) {
        return with("on-change", "refresh")
                .with("value", Map.of("format", format == Value.JSON ? "json" : "hash", "columns", List.of(columns)))
                .with("ttl", "1h");
    }

    private Cache with(String setting, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(settings);
        more.put(setting, value);
        return new Cache(name, table, more, when);
    }

    public String name() {
        return name;
    }

    public Table table() {
        return table;
    }

    /** What stands under the cache's name in the configuration file. */
    public Map<String, Object> yaml(String schema) {
        Map<String, Object> yaml = new LinkedHashMap<>();
        yaml.put("table", schema + "." + table.name());
        yaml.putAll(settings);
        return yaml;
    }

    public boolean isRefresh() {
        return settings.containsKey("value");
    }

    public Value format() {
        return value().containsValue("json") ? Value.JSON : Value.HASH;
    }

    public List<String> valueColumns() {
        return value().values().stream()
                .filter(List.class::isInstance)
                .flatMap(columns -> ((List<?>) columns).stream())
                .map(Object::toString)
                .toList();
    }

    private Map<?, ?> value() {
        return settings.get("value") instanceof Map<?, ?> value ? value : Map.of();
    }

    public boolean isMatch() {
        return glob.isPresent();
    }

    /** The key of the hash whose fields this cache holds, where it holds fields. */
    public Optional<String> hash() {
        return field.flatMap(template -> text("key"));
    }

    /** Where an image's value stands; empty where a column is null, or where this cache is no row's. */
    public Optional<Entry> entry(Image image) {
        Optional<String> made = key.flatMap(template -> template.key(image));
        if (field.isEmpty()) {
            return made.map(Entry::ofKey);
        }
        Optional<String> name = field.get().key(image);
        return made.flatMap(hash -> name.map(text -> Entry.ofField(hash, text)));
    }

    /** Whether this cache could hold the entry, whatever the table's contents. */
    boolean couldHold(Entry entry) {
        if (glob.isPresent()) {
            return entry.field().isEmpty() && glob.get().matcher(entry.key()).matches();
        }
        return entry.field().isPresent() == field.isPresent()
                && key.filter(template -> template.couldMake(entry.key())).isPresent()
                && (field.isEmpty() || field.get().couldMake(entry.field().orElseThrow()));
    }

    /** Whether the entry is like this cache's, but for how columns print. */
    boolean resembles(Entry entry) {
        return couldHold(entry)
                || (entry.field().isPresent() == field.isPresent()
                        && key.filter(template -> template.isLike(entry.key())).isPresent()
                        && (field.isEmpty() || field.get().isLike(entry.field().orElseThrow())));
    }

    private static Pattern ofGlob(String glob) {
        StringBuilder regex = new StringBuilder();
        for (String literal : glob.split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** Whether the change counts for this cache. */
    boolean counts(Change.Row change) {
        if (settings.get("columns") instanceof List<?> columns
                && change.before().isPresent()
                && change.after().isPresent()) {
            Set<String> changed = new LinkedHashSet<>();
            for (Object column : columns) {
                String name = column.toString();
                if (!change.before()
                        .get()
                        .cell(name)
                        .equals(change.after().get().cell(name))) {
                    changed.add(name);
                }
            }
            if (changed.isEmpty()) {
                return false;
            }
        }
        return change.images().anyMatch(when);
    }

    private Optional<String> text(String setting) {
        return Optional.ofNullable(settings.get(setting)).map(Object::toString);
    }

    @Override
    public String toString() {
        return name;
    }
}
