package dev.freshet.benchmarks;

import dev.freshet.benchmarks.report.Figure;
import dev.freshet.benchmarks.report.Results;
import dev.freshet.benchmarks.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What Freshet is meant to reach on two cores with all servers on them, and whether it did. */
final class Goals {

    /** Rivals of the same run may be level within this much. */
    private static final double LEVEL = 1.1;

    private static final Figure STEADY = Figures.latency(200);

    private static final double OF_THE_ENGINE = 0.9;

    private record Goal(String text, Figure figure, String row, String column, boolean atMost, double bound) {

        Goal(String text, Figure figure, String column, boolean atMost, double bound) {
            this(text, figure, Freshet.NAME, column, atMost, bound);
        }

        static Goal atLeast(String text, Figure figure, String row, String column, double bound) {
            return new Goal(text, figure, row, column, false, bound);
        }

        Optional<Verdict> judge(Results results) {
            return results.of(figure, row, column).map(Summary::median).map(value -> {
                boolean met = atMost ? value <= bound : value >= bound;
                double off = atMost ? value / bound : bound / value;
                return new Verdict(
                        text,
                        (atMost ? "≤ " : "≥ ") + Summary.number(bound) + " " + figure.unit(),
                        Summary.number(value),
                        met ? "met" : String.format(Locale.ROOT, "missed, %.1f times", off));
            });
        }
    }

    private record Verdict(String goal, String bound, String measured, String verdict) {}

    private Goals() {}

    private static List<Goal> all(Results results) {
        List<Goal> goals = new ArrayList<>(List.of(
                new Goal("commit to key gone at 200 a second, p50", STEADY, "p50", true, 1.2),
                new Goal("the same, p99", STEADY, "p99", true, 6)));
        results.of(STEADY, Rivals.TRIGGER, "p50")
                .ifPresent(trigger -> goals.add(new Goal(
                        "level with the trigger of the same run, p50", STEADY, "p50", true, LEVEL * trigger.median())));
        goals.addAll(List.of(
                new Goal("processor time while idle", Figures.IDLE, Figures.PIPELINE, true, 5),
                new Goal("from a cold start, by 1,000", Figures.DRAIN, Figures.COLD, false, 45_000),
                new Goal("while running, by 1,000", Figures.DRAIN, Figures.BURST, false, 75_000),
                new Goal("steady rate", Figures.SUSTAINED, Figures.HELD, false, 40_000)));
        for (String column : List.of(Figures.COLD, Figures.BURST)) {
            results.of(Figures.STAGES, Stages.ENGINE, column)
                    .ifPresent(engine -> goals.add(new Goal(
                            "of what Debezium's engine alone reads, " + column,
                            Figures.DRAIN,
                            column,
                            false,
                            OF_THE_ENGINE * engine.median())));
        }
        results.of(Figures.STAGES, Stages.WRITER, Figures.BURST)
                .ifPresent(writer -> goals.add(Goal.atLeast(
                        "the writer alone, from Kafka to Redis",
                        Figures.STAGES,
                        Stages.WRITER,
                        Figures.BURST,
                        300_000)));
        for (String part : List.of("p50", "p99")) {
            results.of(Figures.COMMIT, Rivals.NONE, part)
                    .ifPresent(none -> goals.add(new Goal(
                            "commits take what they take without a pipeline, " + part,
                            Figures.COMMIT,
                            part,
                            true,
                            Math.max(LEVEL * none.median(), none.greatest()))));
        }
        return goals;
    }

    /** A Markdown table of those goals that were measured. */
    static List<String> markdown(Results results) {
        List<String> lines = new ArrayList<>();
        for (Goal goal : all(results)) {
            goal.judge(results).ifPresent(verdict -> {
                if (lines.isEmpty()) {
                    lines.add("| goal | bound | measured | |");
                    lines.add("|---|---|--:|---|");
                }
                lines.add("| " + String.join(" | ", verdict.goal, verdict.bound, verdict.measured, verdict.verdict)
                        + " |");
            });
        }
        return lines;
    }
}
