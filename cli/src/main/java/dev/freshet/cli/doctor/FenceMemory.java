package dev.freshet.cli.doctor;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.TableId;
import dev.freshet.model.config.FreshetConfig;
import java.util.Map;
import java.util.Set;

/**
 * The memory that fences take in Redis: one for each key that changed within the fence window; of a refreshed key also what
 * is known about its value, for twice the window. Keys that change again within it are counted again, so it is an upper
 * bound.
 */
final class FenceMemory {

    /** Measured on Redis 7.0.15, 65,536 fences of one transaction: 159 bytes and the key's name twice, the tables tight. */
    static final int FENCE_BYTES = 192;

    /** Likewise, of a position: 201 bytes and the key's name twice. */
    static final int ENTRY_BYTES = 232;

    /** What a column takes of a key's name, roughly: an id, a slug. */
    private static final int COLUMN_LENGTH = 12;

    private FenceMemory() {}

    /** @param changesPerSecond of each mapped table */
    static double bytes(FreshetConfig config, Map<TableId, Double> changesPerSecond) {
        double window = config.writer().fenceWindow().toMillis() / 1000.0;
        double bytes = 0;
        for (CacheMapping cache : config.caches()) {
            double changes = changesPerSecond.getOrDefault(cache.table(), 0.0) * window;
            bytes += changes * perChange(cache);
        }
        return bytes;
    }

    private static double perChange(CacheMapping cache) {
        if (cache.target() instanceof Target.Match) {
            return 0; // one fence for the pattern
        }
        int name = 2 * length(cache.target());
        double fence = cache.safeFills() ? FENCE_BYTES + name : 0;
        double entry = cache.onChange() instanceof OnChange.Delete ? 0 : 2.0 * (ENTRY_BYTES + name);
        return fence + entry;
    }

    private static int length(Target target) {
        KeyTemplate template = target instanceof Target.Key key
                ? key.key()
                : target instanceof Target.Field field ? field.key() : ((Target.Tag) target).tag();
        Set<String> columns = template.columns();
        int named = columns.stream().mapToInt(column -> column.length() + 2).sum();
        return Math.max(0, template.toString().length() - named) + columns.size() * COLUMN_LENGTH;
    }
}
