package dev.freshet.writer.apply;

import java.util.concurrent.CompletableFuture;

/**
 * How far the removal of a set of entries has come. Neither future ever fails: what Redis does not answer is tried again.
 * Each tells how many keys, or fields of hashes, went.
 *
 * @param applied the entries are gone
 * @param settled nothing that was under way meanwhile can bring one back: the change may be acknowledged. What was taken
 *     back for that is counted here
 */
public record Removal(CompletableFuture<Long> applied, CompletableFuture<Long> settled) {}
