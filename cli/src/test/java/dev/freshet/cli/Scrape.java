package dev.freshet.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /metrics} said, read as a scraper would. Immutable. */
final class Scrape {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern SAMPLE = Pattern.compile("([a-z_0-9]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One series. */
    record Series(String name, Map<String, String> labels) {}

    private final String text;
    private final Map<Series, Double> samples = new LinkedHashMap<>();
    private final Map<String, String> types = new LinkedHashMap<>();

    private Scrape(String text) {
        this.text = text;
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                Map<String, String> labels = new LinkedHashMap<>();
                Optional.ofNullable(sample.group(2))
                        .ifPresent(some -> LABEL.matcher(some)
                                .results()
                                .forEach(label -> labels.put(label.group(1), label.group(2))));
                samples.put(new Series(sample.group(1), labels), number(sample.group(3)));
            } else if (!line.startsWith("#")) {
                throw new AssertionError("no line of the format: " + line);
            }
        }
    }

    private static double number(String text) {
        return text.endsWith("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    static Scrape of(String address) {
        return new Scrape(get(address + "/metrics").body());
    }

    static HttpResponse<String> get(String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    String text() {
        return text;
    }

    /** The samples of this name whose labels are these, among others, added up; -1 where there is none. */
    double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(one -> one.getKey().name().equals(name) && has(one.getKey(), labels))
                .mapToDouble(Map.Entry::getValue)
                .reduce(Double::sum)
                .orElse(-1);
    }

    private static boolean has(Series series, String... labels) {
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(series.labels().get(labels[i]))) {
                return false;
            }
        }
        return true;
    }

    /** By family, its type, and the labels of its samples but for those of the format itself. */
    Map<String, String> types() {
        return types;
    }

    Set<String> labelsOf(String family) {
        Set<String> labels = new TreeSet<>();
        samples.keySet().stream()
                .filter(one -> one.name().equals(family)
                        || one.name().matches(Pattern.quote(family) + "_(bucket|count|sum|max|total)"))
                .forEach(one -> labels.addAll(one.labels().keySet()));
        labels.removeAll(Set.of("le", "pipeline"));
        return labels;
    }
}
