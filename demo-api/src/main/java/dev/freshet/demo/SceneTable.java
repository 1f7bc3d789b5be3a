package dev.freshet.demo;

import dev.freshet.demo.Scene.Outcome;
import dev.freshet.redis.PlainCache.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** What happened, for people. Pure. */
final class SceneTable {

    private static final int KEYS_WIDTH = 64;

    private SceneTable() {}

    static List<String> lines(List<Outcome> outcomes) {
        int width = Math.max(
                "change".length(),
                outcomes.stream()
                        .mapToInt(outcome -> outcome.change().name().length())
                        .max()
                        .orElse(0));
        List<String> lines = new ArrayList<>();
        lines.add(row(width, "change", "keys", "ms"));
        lines.add("-".repeat(width) + "  " + "-".repeat(KEYS_WIDTH) + "  " + "-".repeat(8));
        for (Outcome outcome : outcomes) {
            List<String> keys = keys(outcome.change());
            lines.add(row(width, outcome.change().name(), keys.get(0), slowest(outcome)));
            keys.stream().skip(1).forEach(more -> lines.add(row(width, "", more, "")));
            outcome.faults().forEach(fault -> lines.add(row(width, "", "WRONG: " + fault, "")));
        }
        lines.add("");
        lines.add("ms: from the commit's return until the last of these keys was seen gone or stored anew.");
        return lines;
    }

    static String verdict(List<Outcome> outcomes) {
        long wrong =
                outcomes.stream().filter(outcome -> !outcome.faults().isEmpty()).count();
        return wrong == 0
                ? "Every expected key went or was stored anew, and no other."
                : wrong + " of " + outcomes.size() + " changes did not do exactly what was expected.";
    }

    private static List<String> keys(Change change) {
        List<String> lines = new ArrayList<>();
        wrap("gone: ", change.gone(), lines);
        wrap("stored anew: ", change.stored().keySet(), lines);
        if (lines.isEmpty()) {
            lines.add("none");
        }
        return lines;
    }

    private static void wrap(String label, Collection<Entry> entries, List<String> lines) {
        StringBuilder line = new StringBuilder(label);
        for (Entry entry : new TreeSet<>(entries)) {
            if (line.length() + entry.toString().length() > KEYS_WIDTH) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder("  ");
            }
            line.append(entry).append(' ');
        }
        if (!entries.isEmpty()) {
            lines.add(line.toString().stripTrailing());
        }
    }

    private static String slowest(Outcome outcome) {
        Optional<Duration> slowest = outcome.after().values().stream().max(Duration::compareTo);
        return slowest.map(time -> String.format(Locale.ROOT, "%.1f", time.toNanos() / 1e6))
                .orElse("-");
    }

    private static String row(int width, String change, String keys, String time) {
        return String.format(Locale.ROOT, "%-" + width + "s  %-" + KEYS_WIDTH + "s  %8s", change, keys, time)
                .stripTrailing();
    }
}
