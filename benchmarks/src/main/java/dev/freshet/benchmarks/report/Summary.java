package dev.freshet.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** The repeats of one measurement: their median, and the least and the greatest. */
public record Summary(double median, double least, double greatest, int repeats) {

    /** Of at least one. */
    public static Summary of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a summary of nothing");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        return new Summary(median, sorted.get(0), sorted.get(sorted.size() - 1), sorted.size());
    }

    /** The median, and behind it the spread where there was more than one repeat: {@code 1.2 (1.1–1.6)}. */
    public String text() {
        return repeats == 1 ? number(median) : number(median) + " (" + number(least) + "–" + number(greatest) + ")";
    }

    /** With about three digits that count. */
    public static String number(double value) {
        double size = Math.abs(value);
        String form = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, form, value);
    }
}
