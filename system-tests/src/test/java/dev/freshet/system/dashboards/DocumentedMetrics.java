package dev.freshet.system.dashboards;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code docs/metrics.md} promises. */
final class DocumentedMetrics {

    /** @param words what is printed as code in its meaning: the values of its labels, among others */
    record Metric(String type, Set<String> labels, Set<String> words) {}

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\|([^|]*)\\| (.*) \\|$");
    private static final Pattern CODE = Pattern.compile("`([\\w*:-]+)`");

    private final Map<String, Metric> metrics = new LinkedHashMap<>();

    /** Names of Micrometer's own, where {@code *} stands for any end. */
    private final Set<String> others = new LinkedHashSet<>();

    static DocumentedMetrics read() {
        return new DocumentedMetrics(Shipped.text(Shipped.ROOT.resolve("docs/metrics.md")));
    }

    private DocumentedMetrics(String text) {
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            metrics.put(row.group(1), new Metric(row.group(2), codes(row.group(3)), codes(row.group(4))));
        }
        int process = text.indexOf("## The process");
        others.addAll(codes(text.substring(process, text.indexOf("\n## ", process + 1))));
    }

    private static Set<String> codes(String text) {
        return CODE.matcher(text)
                .results()
                .map((MatchResult code) -> code.group(1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    int size() {
        return metrics.size();
    }

    /** The metric that a series belongs to; a histogram has four. */
    Optional<Metric> metric(String series) {
        Metric itself = metrics.get(series);
        if (itself != null) {
            // A histogram's own name is no series.
            return Optional.of(itself).filter(one -> !one.type().equals("histogram"));
        }
        Metric histogram = metrics.get(series.replaceFirst("_(bucket|count|sum|max)$", ""));
        return Optional.ofNullable(histogram).filter(one -> one.type().equals("histogram"));
    }

    boolean ofTheProcess(String series) {
        return others.stream()
                .anyMatch(name -> name.endsWith("*")
                        ? series.startsWith(name.substring(0, name.length() - 1))
                        : series.equals(name));
    }
}
