package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One second of the charts. Immutable.
 *
 * @param at Unix time in milliseconds, by the clock of this machine
 * @param staleness in seconds
 * @param lag records that no writer has applied
 * @param median of commit to Redis over the last seconds, in milliseconds; empty where nothing came; so the 99th percentile
 * @param changes a second, read by this writer; so what it deleted and refreshed
 */
record Point(
        long at,
        OptionalDouble staleness,
        OptionalLong lag,
        OptionalDouble median,
        OptionalDouble p99,
        double changes,
        double deleted,
        double refreshed) {

    void write(ObjectNode json) {
        json.put("at", at);
        staleness.ifPresent(seconds -> json.put("staleness", round(seconds)));
        lag.ifPresent(records -> json.put("lag", records));
        median.ifPresent(millis -> json.put("p50", round(millis)));
        p99.ifPresent(millis -> json.put("p99", round(millis)));
        json.put("changes", round(changes)).put("deleted", round(deleted)).put("refreshed", round(refreshed));
    }

    /** Fewer digits: ten minutes of points are sent to every page. */
    static double round(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
