package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.config.FreshetConfig;

/** What the configuration says of the caches, for the page. */
final class Description {

    private Description() {}

    static void write(FreshetConfig config, ObjectNode json) {
        json.put("pipeline", config.pipeline());
        ArrayNode tables = json.putArray("tables");
        config.tables().forEach(table -> tables.add(table.toString()));
        ArrayNode caches = json.putArray("caches");
        config.caches()
                .forEach(cache -> caches.addObject()
                        .put("name", cache.name())
                        .put("table", cache.table().toString())
                        .put("target", target(cache.target()))
                        .put("on_change", onChange(cache)));
    }

    private static String target(Target target) {
        if (target instanceof Target.Key key) {
            return key.key().toString();
        } else if (target instanceof Target.Field hash) {
            return hash.key() + " field " + hash.field();
        } else if (target instanceof Target.Match match) {
            return "all that match " + match.glob();
        } else if (target instanceof Target.Tag tag) {
            return "tag " + tag.tag();
        }
        throw new IllegalStateException("a target without words: " + target.getClass());
    }

    private static String onChange(CacheMapping cache) {
        return cache.onChange() instanceof OnChange.Delete
                ? "delete"
                : cache.onChange() instanceof OnChange.RefreshQuery ? "refresh by query" : "refresh";
    }
}
