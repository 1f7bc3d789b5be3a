package dev.freshet.writer.apply;

import dev.freshet.writer.plan.CacheAction;
import java.util.List;
import java.util.Set;

/** Brings an entry back by its mapping's query, after its removal was applied. */
@FunctionalInterface
public interface Rebuilder {

    /**
     * Starts rebuilding, or joins what is under way for the entry; gives up where it may not store. Never blocks and never
     * fails: an entry that is not rebuilt is a miss.
     */
    void rebuild(Request request);

    /**
     * One entry to rebuild.
     *
     * @param transactions that the query must see, 64 bits
     * @param patterns globs of the pattern fences that the key falls under
     */
    record Request(CacheAction.Rebuild action, Set<Long> transactions, List<String> patterns) {
        public Request {
            transactions = Set.copyOf(transactions);
            patterns = List.copyOf(patterns);
        }
    }
}
