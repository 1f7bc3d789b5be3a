package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyScan;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Row;
import dev.freshet.redis.GlobPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the mappings together say of a key: which patterns it falls under, and whether a refresh may store it. Immutable. */
public final class CacheRules {

    private static final Row NOTHING_KNOWN = Row.of(Map.of());

    private final List<CacheMapping> mappings;
    private final Map<String, Range> ranges = new HashMap<>();
    private final Set<String> guarded;

    /** The keys of a mapping: how Redis looks for them, and whether one is among them. */
    private record Range(KeyScan scan, Predicate<String> covers) {}

    public CacheRules(List<CacheMapping> mappings) {
        this.mappings = List.copyOf(mappings);
        mappings.forEach(mapping -> ranges.put(mapping.name(), rangeOf(mapping)));
        this.guarded = this.mappings.stream()
                .filter(mapping -> this.mappings.stream()
                        .filter(other -> !(other.onChange() instanceof OnChange.Delete))
                        .anyMatch(other -> mayMeet(prefix(mapping), prefix(other))))
                .map(CacheMapping::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    List<CacheMapping> mappings() {
        return mappings;
    }

    /** By cache name, the glob that all of its keys match; a fill and a refresh look there for what a sweep left. */
    public Map<String, String> fencedGlobs() {
        return globs(true);
    }

    /** The same of the caches whose changes leave no fences. */
    public Map<String, String> unfencedGlobs() {
        return globs(false);
    }

    private Map<String, String> globs(boolean fenced) {
        return mappings.stream()
                .filter(mapping -> mapping.safeFills() == fenced)
                .collect(Collectors.toMap(
                        CacheMapping::name, mapping -> range(mapping).scan().glob()));
    }

    /** Every key that the mapping can mean. */
    public KeyScan scan(CacheMapping mapping) {
        return range(mapping).scan();
    }

    /** The fields that the mapping can mean, of the hashes that it means; empty for whole keys. */
    public Optional<KeyScan> fields(CacheMapping mapping) {
        return mapping.target() instanceof Target.Field field
                ? Optional.of(field.field().scan(NOTHING_KNOWN, column -> ".*"))
                : Optional.empty();
    }

    /** The globs that a stored key falls under. */
    public List<String> patterns(String key) {
        return ranges.values().stream()
                .filter(range -> range.covers().test(key))
                .map(range -> range.scan().glob())
                .distinct()
                .toList();
    }

    /** Whether some refresh may store a key that this mapping removes: then a removal leaves its position behind. */
    boolean guarded(CacheMapping mapping) {
        return guarded.contains(mapping.name());
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
            return literalPrefix(match.glob());
        } else if (mapping.target() instanceof Target.Tag tag) {
            return literalPrefix(tag.members());
        }
        return "";
    }

    private static String literalPrefix(String glob) {
        int end = 0;
        while (end < glob.length() && "*?[\\".indexOf(glob.charAt(end)) < 0) {
            end++;
        }
        return glob.substring(0, end);
    }

    private Range range(CacheMapping mapping) {
        Range range = ranges.get(mapping.name());
        if (range == null) {
            throw new IllegalArgumentException("no cache is named " + mapping.name());
        }
        return range;
    }

    private static Range rangeOf(CacheMapping mapping) {
        if (mapping.target() instanceof Target.Key key) {
            return anyRow(key.key());
        } else if (mapping.target() instanceof Target.Field field) {
            return anyRow(field.key());
        } else if (mapping.target() instanceof Target.Match match) {
            return glob(match.glob());
        } else if (mapping.target() instanceof Target.Tag tag) {
            return glob(tag.members());
        }
        throw new IllegalStateException("a target of no known kind");
    }

    private static Range anyRow(KeyTemplate template) {
        KeyScan scan = template.scan(NOTHING_KNOWN, column -> ".*");
        return new Range(scan, scan::matches);
    }

    /** What Redis finds by the glob is meant, whatever we would make of the glob. */
    private static Range glob(String glob) {
        return new Range(KeyScan.ofGlob(glob), GlobPattern.compile(glob)::matches);
    }
}
