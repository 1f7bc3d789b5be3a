package dev.freshet.demo.arena;

import dev.freshet.demo.strategy.Kind;

/**
 * What one strategy did.
 *
 * @param total since the load was set
 * @param recent since the last look
 * @param worstMillis how long, at most, what was read had been replaced; since the load was set
 * @param recentWorstMillis the same since the last look
 * @param broken reads without a change that was applied to the cache; ever since the start
 */
public record Reading(
        Kind kind, Totals total, Totals recent, double worstMillis, double recentWorstMillis, long broken) {}
