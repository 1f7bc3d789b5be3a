package dev.freshet.cli.status;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Figures and statuses for people. Pure functions. */
public final class Text {

    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");

    private Text() {}

    /** In powers of 1024, as the configuration counts. */
    static String bytes(long bytes) {
        double left = bytes;
        int unit = 0;
        while (left >= 1024 && unit < UNITS.size() - 1) {
            left /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, left < 10 ? "%.1f %s" : "%.0f %s", left, UNITS.get(unit));
    }

    static String duration(Duration duration) {
        if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (duration.compareTo(Duration.ofHours(1)) < 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }

    /** A table, with what to do below each stage that is not as it should be. */
    public static String table(Status status) {
        StringBuilder text = new StringBuilder();
        text.append("pipeline ").append(status.pipeline()).append(": ");
        text.append(status.staleness()
                .map(age -> "fresh up to " + duration(age) + " ago ("
                        + status.watermark().orElseThrow().sourceTime() + " by the source's clock)")
                .orElse("how fresh is not known"));
        text.append(System.lineSeparator());
        for (Stage stage : status.stages()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s  %-7s  %s%n",
                    stage.name(),
                    stage.state().name().toLowerCase(Locale.ROOT),
                    stage.summary()));
            stage.mend()
                    .ifPresent(mend -> text.append(String.format(Locale.ROOT, "%-12s  %-7s  -> %s%n", "", "", mend)));
        }
        return text.toString();
    }
}
