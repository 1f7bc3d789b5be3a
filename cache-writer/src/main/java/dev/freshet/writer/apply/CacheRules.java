package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyScan;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the mappings together say of a key: which patterns it falls under, and whether a refresh may store it. */
public final class CacheRules {

    private static final Row NOTHING_KNOWN = Row.of(Map.of());

    private final List<CacheMapping> mappings;
    private final Map<String, KeyScan> scans = new ConcurrentHashMap<>();

    public CacheRules(List<CacheMapping> mappings) {
        this.mappings = List.copyOf(mappings);
        mappings.forEach(mapping -> scans.put(mapping.name(), scanOf(mapping)));
    }

    List<CacheMapping> mappings() {
        return mappings;
    }

    /** By cache name, the glob that all of its keys match; a fill and a refresh look there for what a sweep left. */
    public Map<String, String> globs() {
        Map<String, String> globs = new HashMap<>();
        scans.forEach((cache, scan) -> globs.put(cache, scan.glob()));
        return globs;
    }

    /** Every key that the mapping can mean. */
    public KeyScan scan(CacheMapping mapping) {
        return scans.computeIfAbsent(mapping.name(), unknown -> scanOf(mapping));
    }

    /** The fields that the mapping can mean, of the hashes that it means; empty for whole keys. */
    public Optional<KeyScan> fields(CacheMapping mapping) {
        return mapping.target() instanceof Target.Field field
                ? Optional.of(field.field().scan(NOTHING_KNOWN, column -> ".*"))
                : Optional.empty();
    }

    /** The globs that a stored key falls under. */
    List<String> patterns(String key) {
        List<String> patterns = new ArrayList<>();
        scans.values().stream().filter(scan -> scan.matches(key)).forEach(scan -> patterns.add(scan.glob()));
        return patterns.stream().distinct().toList();
    }

    /** Whether some refresh may store a key that this mapping removes: then a removal leaves its position behind. */
    boolean guarded(CacheMapping mapping) {
        return mappings.stream()
                .filter(other -> !(other.onChange() instanceof OnChange.Delete))
                .anyMatch(other -> mayMeet(prefix(mapping), prefix(other)));
    }

    private static boolean mayMeet(String one, String other) {
        return one.startsWith(other) || other.startsWith(one);
    }

    private static String prefix(CacheMapping mapping) {
        if (mapping.target() instanceof Target.Key key) {
            return key.key().literalPrefix();
        } else if (mapping.target() instanceof Target.Field field) {
            return field.key().literalPrefix();
        } else if (mapping.target() instanceof Target.Match match) {
            int end = 0;
            while (end < match.glob().length() && "*?[\\".indexOf(match.glob().charAt(end)) < 0) {
                end++;
            }
            return match.glob().substring(0, end);
        }
        return "";
    }

    private static KeyScan scanOf(CacheMapping mapping) {
        if (mapping.target() instanceof Target.Key key) {
            return anyRow(key.key());
        } else if (mapping.target() instanceof Target.Field field) {
            return anyRow(field.key());
        } else if (mapping.target() instanceof Target.Match match) {
            return new KeyScan(match.glob(), GlobPattern.compile(match.glob()));
        } else if (mapping.target() instanceof Target.Tag tag) {
            return new KeyScan(tag.members(), GlobPattern.compile(tag.members()));
        }
        throw new IllegalStateException("a target of no known kind");
    }

    private static KeyScan anyRow(KeyTemplate template) {
        return template.scan(NOTHING_KNOWN, column -> ".*");
    }
}
