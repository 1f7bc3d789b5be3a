package dev.freshet.benchmarks;

import dev.freshet.benchmarks.report.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is measured, and how it is called. */
final class Figures {

    static final Figure DRAIN =
            new Figure("drain", "Row changes a second, from many that come or wait", "a second", false);
    static final Figure STAGES =
            new Figure("stages", "Row changes a second, of each stage by itself", "a second", false);
    static final Figure SUSTAINED = new Figure(
            "sustained", "Highest steady rate at which the backlog did not grow", "row changes a second", false);
    static final Figure IDLE = new Figure("idle", "Processor time while nothing changes", "% of a core", false);
    static final Figure CPU = new Figure("cpu", "Processor time for 1,000 changes", "ms", false);
    static final Figure MEMORY = new Figure("memory", "Most memory held by its processes", "MB", false);
    static final Figure COMMIT =
            new Figure("commit", "What the source pays: one-row commits at 200 a second", "ms", false);
    static final Figure WRITES =
            new Figure("writes", "What the source pays: one-row commits over 8 connections", "a second", false);

    static final Figure SCALING = new Figure(
            "scaling",
            "Freshet: how the rate follows the configuration",
            "row changes a second, running, by 1,000",
            false);
    static final Figure SCALING_CPU = new Figure(
            "scaling-cpu", "Freshet: how the processor time for 1,000 changes follows the configuration", "ms", false);

    static final String COLD = "cold, by 1,000";
    static final String COLD_SINGLES = "cold, by 1";
    static final String BURST = "running, by 1,000";
    static final String HELD = "rate";
    static final String PIPELINE = "its processes";
    static final String SERVERS = "all servers";
    static final String BULK = "in bulk";
    static final String COLD_BULK = "cold, in bulk, with the start";

    private Figures() {}

    /** In this order they are shown. */
    static List<Figure> all(List<Integer> rates) {
        List<Figure> all = new ArrayList<>();
        rates.forEach(rate -> all.add(latency(rate)));
        all.addAll(List.of(DRAIN, STAGES, SUSTAINED, IDLE, CPU, MEMORY, COMMIT, WRITES, SCALING, SCALING_CPU));
        return all;
    }

    static Figure latency(int rate) {
        return new Figure(
                "latency-" + rate,
                String.format(Locale.ROOT, "Commit to key gone at %,d changes a second", rate),
                "ms",
                true);
    }
}
