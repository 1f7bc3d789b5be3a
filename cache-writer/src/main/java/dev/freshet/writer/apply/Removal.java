package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping;
import java.util.concurrent.CompletableFuture;

/**
 * The removal of all entries of one mapping. Neither future ever fails: what Redis does not answer is tried again.
 *
 * @param applied how many keys, or fields, went
 * @param settled the entries that readers filled too early for the fence are gone as well; how many these were. Two
 *     mappings of the same keys may be one removal, and tell the same
 */
public record Removal(CacheMapping mapping, CompletableFuture<Long> applied, CompletableFuture<Long> settled) {}
