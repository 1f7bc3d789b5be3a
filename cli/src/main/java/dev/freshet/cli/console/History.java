package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The last ten minutes, made of samples that are taken each second; and what has befallen the caches since the process
 * started. Thread-safe.
 */
final class History {

    static final int POINTS = 600;

    /** Over how many samples a latency is told: of one second alone there is too little. */
    private static final int WINDOW = 10;

    private static final int INCIDENTS = 50;

    private static final Map<String, String> CAUSES = Map.of(
            "gap", "the listener told of a gap",
            "missed", "records were gone from Kafka before they were read",
            "unreadable", "a control record that cannot be read may have told of a gap",
            "redefined", "a mapped table was altered",
            "mapping", "caches are new, or were mapped otherwise before");

    private final Deque<Point> points = new ArrayDeque<>();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<Incident> incidents = new ArrayDeque<>();

    /**
     * Takes the next sample.
     *
     * @param lag of the whole pipeline, where it is known
     * @return whether something befell the caches
     */
    synchronized boolean add(Sample sample, Instant at, OptionalLong lag) {
        Optional<Sample> last = Optional.ofNullable(samples.peekLast());
        boolean befallen = note(sample, last, at);
        samples.addLast(sample);
        if (samples.size() > WINDOW + 1) {
            samples.removeFirst();
        }
        Latency latency = sample.latency().since(first().latency());
        points.addLast(new Point(
                at.toEpochMilli(),
                sample.staleness(),
                lag,
                latency.quantile(0.5),
                latency.quantile(0.99),
                rate(sample.changes(), last.map(Sample::changes), sample, last),
                rate(sample.deleted(), last.map(Sample::deleted), sample, last),
                rate(sample.refreshed(), last.map(Sample::refreshed), sample, last)));
        if (points.size() > POINTS) {
            points.removeFirst();
        }
        return befallen;
    }

    private Sample first() {
        return samples.getFirst();
    }

    private static double rate(double now, Optional<Double> before, Sample sample, Optional<Sample> last) {
        double seconds =
                last.map(earlier -> (sample.nanos() - earlier.nanos()) / 1e9).orElse(0.0);
        return seconds <= 0 ? 0 : Math.max(0, now - before.orElse(now)) / seconds;
    }

    private boolean note(Sample sample, Optional<Sample> last, Instant at) {
        int before = incidents.size();
        sample.flushes().forEach((cause, count) -> {
            double earlier =
                    last.map(one -> one.flushes().getOrDefault(cause, 0.0)).orElse(0.0);
            if (count > earlier) {
                incidents.addLast(new Incident(at, Incident.Kind.FLUSH, CAUSES.getOrDefault(cause, cause)));
            }
        });
        if (sample.losses() > last.map(Sample::losses).orElse(0.0)) {
            incidents.addLast(new Incident(
                    at, Incident.Kind.LOSS, "Redis had lost writes; the changes that it lost are applied again"));
        }
        boolean befallen = incidents.size() > before;
        while (incidents.size() > INCIDENTS) {
            incidents.removeFirst();
        }
        return befallen;
    }

    /** The oldest first. */
    synchronized List<Incident> incidents() {
        return List.copyOf(incidents);
    }

    synchronized void writePoints(ArrayNode json) {
        points.forEach(point -> point.write(json.addObject()));
    }

    /** The newest point, and of each cache what became of its keys over the last seconds. Needs a sample. */
    synchronized void writeNewest(ObjectNode json) {
        points.getLast().write(json.putObject("point"));
        Sample newest = samples.getLast();
        Sample oldest = first();
        double seconds = Math.max(1e-3, (newest.nanos() - oldest.nanos()) / 1e9);
        ArrayNode caches = json.putArray("caches");
        newest.caches().forEach((name, cache) -> {
            Sample.OfCache before = oldest.caches().getOrDefault(name, cache);
            Latency latency = cache.latency().since(before.latency());
            ObjectNode one = caches.addObject().put("name", name);
            one.put("deleted", Point.round((cache.deleted() - before.deleted()) / seconds));
            one.put("refreshed", Point.round((cache.refreshed() - before.refreshed()) / seconds));
            one.put("deleted_total", cache.deleted());
            one.put("refreshed_total", cache.refreshed());
            one.put("absent_total", cache.absent());
            one.put("sweeps_total", cache.sweeps());
            write(one, latency);
        });
        write(json.putObject("store"), newest.store().since(oldest.store()));
        write(json.putObject("publishing"), newest.publishing().since(oldest.publishing()));
    }

    private static void write(ObjectNode json, Latency latency) {
        latency.quantile(0.5).ifPresent(millis -> json.put("p50", Point.round(millis)));
        latency.quantile(0.99).ifPresent(millis -> json.put("p99", Point.round(millis)));
    }
}
