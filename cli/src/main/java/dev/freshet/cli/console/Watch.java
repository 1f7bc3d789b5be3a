package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.cli.status.Json;
import dev.freshet.cli.status.Stage;
import dev.freshet.cli.status.Status;
import dev.freshet.cli.status.StatusReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the servers how the whole pipeline does: every two seconds while a page is open, otherwise seldom, for the charts'
 * sake. Steps on one thread; the rest thread-safe.
 */
final class Watch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private static final Duration WATCHED = Duration.ofSeconds(2);
    private static final Duration UNWATCHED = Duration.ofSeconds(15);

    /** An older answer says nothing of now. */
    private static final Duration FRESH = Duration.ofSeconds(20);

    /** Partitions that are told one by one. */
    private static final int PARTITIONS = 64;

    private final StatusReader reader;
    private final GapLog gaps;
    private final Feed feed;
    private final BooleanSupplier watched;
    private volatile long asked = System.nanoTime() - UNWATCHED.toNanos();
    private volatile Optional<Status> latest = Optional.empty();
    private volatile List<Incident> told = List.of();

    Watch(StatusReader reader, GapLog gaps, Feed feed, BooleanSupplier watched) {
        this.reader = reader;
        this.gaps = gaps;
        this.feed = feed;
        this.watched = watched;
    }

    /** To be called once a second; asks where it is time, which takes some seconds where a server does not answer. */
    void step() {
        boolean open = watched.getAsBoolean();
        if (System.nanoTime() - asked < (open ? WATCHED : UNWATCHED).toNanos()) {
            return;
        }
        try {
            Status status = reader.read();
            latest = Optional.of(status);
            asked = System.nanoTime();
            feed.publish("status", json(status).toString());
            if (open) {
                told = gaps.read();
            }
        } catch (RuntimeException e) {
            asked = System.nanoTime();
            LOG.warn("The console does not learn how the pipeline does", e);
        }
    }

    private static ObjectNode json(Status status) {
        ObjectNode json = Json.of(status);
        List<Status.Lag> lags = new ArrayList<>(status.partitions());
        lags.sort(Comparator.comparingLong(Status.Lag::records)
                .reversed()
                .thenComparing(Status.Lag::topic)
                .thenComparingInt(Status.Lag::partition));
        json.put("partitions_total", lags.size());
        ArrayNode partitions = json.putArray("partitions");
        lags.stream()
                .limit(PARTITIONS)
                .forEach(lag -> partitions
                        .addObject()
                        .put("topic", lag.topic())
                        .put("partition", lag.partition())
                        .put("lag_records", lag.records())
                        .put("lag_seconds", Point.round(lag.waiting().toMillis() / 1e3)));
        return json;
    }

    /** Records that no writer has applied; empty where that is not known. */
    OptionalLong lag() {
        return latest.filter(status -> System.nanoTime() - asked < FRESH.toNanos())
                .filter(Watch::kafkaAnswered)
                .map(status -> OptionalLong.of(status.partitions().stream()
                        .mapToLong(Status.Lag::records)
                        .sum()))
                .orElseGet(OptionalLong::empty);
    }

    private static boolean kafkaAnswered(Status status) {
        return status.stages().stream()
                .noneMatch(stage -> stage.name().equals("writer") && stage.state() == Stage.State.AWAY);
    }

    /** Gaps that were told of, and what else befell the caches; the newest first. */
    ArrayNode incidents(List<Incident> others) {
        ArrayNode json = Answers.MAPPER.createArrayNode();
        Stream.concat(told.stream(), others.stream())
                .sorted(Comparator.comparing(Incident::at).reversed())
                .limit(PARTITIONS)
                .forEach(incident -> json.addObject()
                        .put("at", incident.at().toString())
                        .put("kind", incident.kind().name().toLowerCase(java.util.Locale.ROOT))
                        .put("reason", incident.reason()));
        return json;
    }

    @Override
    public void close() {
        gaps.close();
        reader.close();
    }
}
