package dev.freshet.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.api.Source;
import dev.freshet.redis.PlainCache.Entry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A change made behind the API's back, and what must come of it. What is expected is written down here by hand, from
 * what the change does to the rows; the pipeline is not asked.
 *
 * @param statements run in one transaction
 * @param alsoRead addresses that are read before the change, besides the usual ones, so that the cache holds them
 * @param gone what must leave the cache, and nothing else may
 * @param stored what must be stored anew, each with members that its JSON must have
 * @param rereads what the API must say afterwards
 */
record Change(
        String name,
        List<String> statements,
        End end,
        List<String> alsoRead,
        Set<Entry> gone,
        Map<Entry, Map<String, String>> stored,
        List<Reread> rereads) {

    /** How the transaction ends. */
    enum End {
        COMMIT,
        ROLLBACK
    }

    /**
     * @param view what is compared of the body
     * @param source the {@code X-Cache} that the first such reader must see
     */
    record Reread(String path, int status, Source source, Function<JsonNode, String> view, String expected) {}

    Change {
        statements = List.copyOf(statements);
        alsoRead = List.copyOf(alsoRead);
        gone = Set.copyOf(gone);
        stored = Map.copyOf(stored);
        rereads = List.copyOf(rereads);
    }
}
