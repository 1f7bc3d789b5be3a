package dev.freshet.model.config;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.TableId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one entry of {@code caches:}. */
final class CacheSection {

    private static final Duration LEAST = Duration.ofMillis(1);
    private static final String COLUMNS = "[id, title]";

    /** What names many keys. */
    private static final List<String> WIDE = List.of("match", "tag");

    private final String name;
    private final Section section;
    private final Duration fenceWindow;

    CacheSection(String name, Section section, Duration fenceWindow) {
        this.name = name;
        this.section = section;
        this.fenceWindow = fenceWindow;
    }

    /** The mapping; empty where something that everything else depends on is wrong. */
    Optional<CacheMapping> read() {
        Optional<TableId> table = section.required("table", "public.books", Forms::table);
        Optional<Target> target = target();
        Optional<Boolean> refreshes = refreshes();
        boolean refresh = refreshes.orElse(false);
        Optional<OnChange> onChange = refresh ? refreshed() : deleted(refreshes.isPresent());
        List<String> columns = section.texts("columns", COLUMNS);
        Optional<String> when = section.value("when", CacheSection::notBlank);
        Optional<Duration> ttl = section.duration("ttl", LEAST, Duration.ofDays(3650));
        if (section.has("ttl") && refreshes.isPresent() && !refresh) {
            section.problem("ttl", "is of what a refresh stores, and this cache deletes; " + withoutRefresh());
        }
        boolean safeFills = section.flag("safe-fills", true);
        if (refresh && !safeFills) {
            section.problem(
                    "safe-fills",
                    "cannot be false with on-change: refresh, which keeps its order in the auxiliary keys; leave it out");
        }
        if (section.has("tag") && !safeFills) {
            section.problem(
                    "safe-fills",
                    "cannot be false with tag: without its fence nothing refuses what a reader loaded before the"
                            + " change; leave it out");
        }
        Optional<Duration> redeleteAfter = redeleteAfter(refresh);
        section.done();
        if (table.isEmpty() || target.isEmpty() || onChange.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new CacheMapping(
                name,
                table.get(),
                target.get(),
                onChange.get(),
                new LinkedHashSet<>(columns),
                when,
                ttl,
                safeFills,
                redeleteAfter));
    }

    private Optional<Target> target() {
        Optional<KeyTemplate> key = section.value("key", KeyTemplate::parse);
        Optional<KeyTemplate> field = section.value("field", KeyTemplate::parse);
        Optional<String> match = section.value("match", CacheSection::notBlank);
        Optional<KeyTemplate> tag = section.value("tag", KeyTemplate::parse);
        Optional<String> members = section.value("members", CacheSection::notBlank);
        List<String> given =
                Stream.of("key", "match", "tag").filter(section::has).toList();
        if (given.size() != 1) {
            section.problem(
                    given.isEmpty()
                            ? "names no key; add one of key, match or tag, such as 'key: \"book:{id}\"'"
                            : "has " + String.join(" and ", given)
                                    + "; a cache has one of key, match or tag, so split it");
        }
        if (section.has("field") && !section.has("key")) {
            section.problem("field", "is of a hash, whose key is missing; add 'key', or leave it out");
        }
        if (section.has("tag") && !section.has("members")) {
            section.problem("tag", "needs members: the pattern that tagged keys match, such as 'members: \"shelf:*\"'");
        }
        if (section.has("members") && !section.has("tag")) {
            section.problem("members", "belongs to a tag; add 'tag', or leave it out");
        }
        fullScan(key, match, members);
        if (given.size() > 1) {
            return Optional.empty();
        }
        if (section.has("match")) {
            return match.map(Target.Match::new);
        }
        if (section.has("tag")) {
            return tag.flatMap(template -> members.map(glob -> new Target.Tag(template, glob)));
        }
        if (section.has("field")) {
            return key.flatMap(template -> field.map(name -> new Target.Field(template, name)));
        }
        return key.map(Target.Key::new);
    }

    private void fullScan(Optional<KeyTemplate> key, Optional<String> match, Optional<String> members) {
        boolean allowed = section.flag("allow-full-scan", false);
        String mend = "; begin it with text of its own, such as '%s', or accept that with allow-full-scan: true";
        if (!allowed && key.isPresent() && key.get().literalPrefix().isEmpty()) {
            section.problem(
                    "key",
                    "begins with a column, so a truncate would delete every key of the server that looks like one"
                            + String.format(mend, "book:" + key.get()));
        }
        match.filter(glob -> !allowed && startsWild(glob))
                .ifPresent(glob -> section.problem(
                        "match",
                        "begins with a wildcard, so every change walks and may delete every key of the server"
                                + String.format(mend, "books:*")));
        members.filter(glob -> !allowed && startsWild(glob))
                .ifPresent(glob -> section.problem(
                        "members",
                        "begins with a wildcard, so a flush may delete every key of the server"
                                + String.format(mend, "shelf:*")));
    }

    /** Empty where the word is wrong: what depends on it would only add noise. */
    private Optional<Boolean> refreshes() {
        Map<String, Boolean> words = new LinkedHashMap<>();
        words.put("delete", false);
        words.put("refresh", true);
        Optional<Boolean> chosen = section.choice("on-change", words);
        return section.has("on-change") ? chosen : Optional.of(false);
    }

    private Optional<OnChange> deleted(boolean certain) {
        for (String stored : List.of("value", "query")) {
            if (section.has(stored) && certain) {
                section.problem(stored, "is what a refresh stores; " + withoutRefresh());
            }
        }
        return Optional.of(OnChange.DELETE);
    }

    /** What mends that something of a refresh stands where there is none. */
    private String withoutRefresh() {
        return WIDE.stream().anyMatch(section::has) ? "leave it out" : "add on-change: refresh, or leave it out";
    }

    private Optional<OnChange> refreshed() {
        for (String wide : WIDE) {
            if (section.has(wide)) {
                section.problem(
                        "on-change", "cannot be refresh with " + wide + ", which names many keys; use key, or delete");
            }
        }
        Section value = section.section("value");
        Map<String, ValueFormat> formats = new LinkedHashMap<>();
        formats.put("json", ValueFormat.JSON);
        formats.put("hash", ValueFormat.HASH);
        ValueFormat format = value.choice("format", formats).orElse(ValueFormat.JSON);
        List<String> columns = value.texts("columns", COLUMNS);
        boolean fromRow = value.has("columns");
        value.done();
        Optional<String> query = section.value("query", CacheSection::notBlank);
        if (section.has("field") && format == ValueFormat.HASH) {
            value.problem("format", "cannot be hash with 'field': one field holds one text; write json");
        }
        if (section.has("field") && section.has("query")) {
            section.problem("query", "cannot rebuild one field of a hash; write value.columns, or give the row a key");
        }
        if (fromRow && section.has("query")) {
            section.problem("query", "and value.columns both say what is stored; keep one of them");
        }
        if (!fromRow && !section.has("query")) {
            section.problem(
                    "on-change",
                    "is refresh, but nothing says what to store; add 'value: { format: json, columns: " + COLUMNS
                            + " }' or a query");
        }
        if (section.has("query")) {
            return query.map(sql -> new OnChange.RefreshQuery(sql, format));
        }
        return Optional.of(new OnChange.RefreshRow(format, columns));
    }

    private Optional<Duration> redeleteAfter(boolean refresh) {
        Optional<Duration> after = section.duration("redelete-after", LEAST, Duration.ofHours(1));
        if (section.has("redelete-after") && refresh) {
            section.problem(
                    "redelete-after", "would delete what the refresh stored; leave it out, or use on-change: delete");
        } else if (section.has("redelete-after") && section.has("tag")) {
            section.problem(
                    "redelete-after",
                    "is for applications that fill with plain SET, whose keys are under no tag; leave it out");
        } else if (after.isPresent() && after.get().compareTo(fenceWindow) >= 0) {
            section.problem(
                    "redelete-after",
                    "must be shorter than writer.fence-window (" + fenceWindow.toSeconds()
                            + "s); shorten it, such as 1s");
        }
        return after;
    }

    private static boolean startsWild(String glob) {
        return "*?[".indexOf(glob.charAt(0)) >= 0;
    }

    private static String notBlank(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty; write a value, or leave it out");
        }
        return text;
    }
}
