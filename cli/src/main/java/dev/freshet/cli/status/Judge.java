package dev.freshet.cli.status;

import dev.freshet.cli.status.Facts.Answer;
import dev.freshet.model.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a status of the facts. Pure, thread-safe. */
final class Judge {

    private final String pipeline;
    private final Thresholds thresholds;

    Judge(String pipeline, Thresholds thresholds) {
        this.pipeline = pipeline;
        this.thresholds = thresholds;
    }

    Status judge(Facts facts, Instant at) {
        Optional<Watermark> watermark = facts.cache().told().flatMap(Facts.Cache::watermark);
        // The source's own clock, where it can be asked.
        Instant now = facts.source().told().map(Facts.Source::now).orElse(at);
        Optional<Duration> staleness = watermark.map(mark -> age(mark.sourceTime(), now));
        boolean foreign = facts.log().told().filter(log -> !log.control()).isPresent();
        List<Stage> stages = new ArrayList<>();
        stages.add(source(facts.source(), foreign));
        stages.add(listener(facts.source(), facts.log(), now));
        stages.add(writer(facts.log()));
        stages.add(redis(facts.cache(), staleness, foreign));
        stages.add(deadLetters(facts.log()));
        List<Status.Lag> lags = facts.log().told().stream()
                .flatMap(log -> log.partitions().stream())
                .map(partition -> new Status.Lag(
                        partition.topic(),
                        partition.number(),
                        partition.behind(),
                        partition.waiting().orElse(Duration.ZERO)))
                .toList();
        return new Status(pipeline, at, watermark, staleness, stages, lags);
    }

    private Stage source(Answer<Facts.Source> answer, boolean foreign) {
        if (answer instanceof Answer.Silent<Facts.Source> silent) {
            return Stage.away("source", silent.reason());
        }
        Optional<Facts.Slot> found = answer.told().flatMap(Facts.Source::slot);
        if (found.isEmpty()) {
            return foreign
                    ? Stage.unknown("source", "no slot " + pipeline + ": somebody else writes the topics", Map.of())
                    : Stage.broken(
                            "source",
                            "no slot " + pipeline,
                            "start a listener: it makes one, and the mapped caches are flushed",
                            Map.of());
        }
        Facts.Slot slot = found.get();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("slot_active", slot.active());
        figures.put("slot_lag_bytes", slot.lag());
        figures.put("wal_retained_bytes", slot.retained());
        figures.put("wal_status", slot.walStatus());
        String summary = "slot " + pipeline + ", " + Text.bytes(slot.lag()) + " not confirmed, holds back "
                + Text.bytes(slot.retained());
        if (slot.invalidated().isPresent() || slot.walStatus().equals("lost")) {
            return Stage.broken(
                    "source",
                    "the server gave slot " + pipeline + " up ("
                            + slot.invalidated().orElse("wal_status lost") + ")",
                    "start a listener: it makes the slot anew, and the mapped caches are flushed",
                    figures);
        }
        if (slot.retained() > thresholds.retained()) {
            return Stage.broken(
                    "source",
                    summary + ", more than " + Text.bytes(thresholds.retained()),
                    "see why the listener does not follow, before the source's disk is full",
                    figures);
        }
        return Stage.ok("source", summary, figures);
    }

    private Stage listener(Answer<Facts.Source> source, Answer<Facts.Log> answer, Instant now) {
        if (answer instanceof Answer.Silent<Facts.Log> silent) {
            return Stage.away("listener", silent.reason());
        }
        Facts.Log log = answer.told().orElseThrow();
        if (!log.control()) {
            return Stage.unknown(
                    "listener",
                    "no topic " + pipeline + ".control: no listener has run, or Kafka Connect writes the topics, which"
                            + " then have no watermark",
                    Map.of());
        }
        Optional<Duration> silence = log.heartbeat().map(beat -> age(beat, now));
        Map<String, Object> figures = new LinkedHashMap<>();
        silence.ifPresent(age -> figures.put("heartbeat_age_seconds", seconds(age)));
        boolean held = source.told()
                .flatMap(Facts.Source::slot)
                .map(Facts.Slot::active)
                .orElse(true);
        if (silence.isEmpty() || silence.get().compareTo(thresholds.staleness()) > 0) {
            String last = silence.map(age -> "last heartbeat " + Text.duration(age) + " ago")
                    .orElse("no heartbeat yet");
            return Stage.broken(
                    "listener",
                    last + (held ? ", though somebody holds the slot" : ", and nobody holds the slot"),
                    held ? "see the listener's log: it does not come through to Kafka" : "start a listener",
                    figures);
        }
        return Stage.ok("listener", "heartbeat " + Text.duration(silence.get()) + " ago", figures);
    }

    private Stage writer(Answer<Facts.Log> answer) {
        if (answer instanceof Answer.Silent<Facts.Log> silent) {
            return Stage.away("writer", silent.reason());
        }
        Facts.Log log = answer.told().orElseThrow();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("writers", log.writers());
        figures.put("lag_records", log.behind());
        figures.put("lag_seconds", seconds(log.waiting()));
        String summary = (log.writers() == 1 ? "1 writer" : log.writers() + " writers") + ", " + log.behind()
                + " records to apply"
                + (log.waiting().isZero() ? "" : ", the oldest for " + Text.duration(log.waiting()));
        if (log.writers() == 0) {
            return Stage.broken(
                    "writer", "no writer runs, " + log.behind() + " records wait", "start a writer", figures);
        }
        if (!log.missing().isEmpty()) {
            return Stage.broken(
                    "writer",
                    summary + "; no topic " + String.join(", ", log.missing()),
                    "start a listener with this file: it makes the topics",
                    figures);
        }
        if (log.waiting().compareTo(thresholds.staleness()) > 0) {
            return Stage.broken("writer", summary, "see the writers' log and load; start more of them", figures);
        }
        return Stage.ok("writer", summary, figures);
    }

    private Stage redis(Answer<Facts.Cache> answer, Optional<Duration> staleness, boolean foreign) {
        if (answer instanceof Answer.Silent<Facts.Cache> silent) {
            return Stage.away("redis", silent.reason());
        }
        if (staleness.isEmpty()) {
            return foreign
                    ? Stage.unknown("redis", "no watermark: the topics carry no heartbeats", Map.of())
                    : Stage.broken(
                            "redis",
                            "no watermark: nothing is known to be applied",
                            "a stage before this one is behind, or Redis has lost its data and it is being applied again",
                            Map.of());
        }
        Map<String, Object> figures = Map.of("staleness_seconds", seconds(staleness.get()));
        String summary = "fresh up to " + Text.duration(staleness.get()) + " ago";
        return staleness.get().compareTo(thresholds.staleness()) > 0
                ? Stage.broken("redis", summary, "a stage before this one is behind, or the writer is", figures)
                : Stage.ok("redis", summary, figures);
    }

    private Stage deadLetters(Answer<Facts.Log> answer) {
        if (answer instanceof Answer.Silent<Facts.Log> silent) {
            return Stage.away("dead letters", silent.reason());
        }
        int open = answer.told().orElseThrow().deadLetters();
        Map<String, Object> figures = Map.of("open", open);
        String summary = open == 0 ? "none" : Integer.toString(open);
        return open > thresholds.deadLetters()
                ? Stage.broken("dead letters", summary, "look at them: freshet dead-letters list", figures)
                : Stage.ok("dead letters", summary, figures);
    }

    /** Clocks differ a little: nothing is younger than now. */
    private static Duration age(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
