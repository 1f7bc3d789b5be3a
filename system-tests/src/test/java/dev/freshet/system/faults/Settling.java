package dev.freshet.system.faults;

import static org.awaitility.Awaitility.await;

import dev.freshet.system.faults.FaultJudge.Stale;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.oracle.Held;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Waits until the pipeline has recovered by itself and applied everything, and judges what it left. Everything is applied
 * when a last change of each partition of each table has arrived in Redis, and the writers have acknowledged all that
 * stands in Kafka.
 */
final class Settling {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** For what is replayed or flushed behind the acknowledged place. */
    private static final Duration JUDGEMENT = Duration.ofSeconds(20);

    private static final int MOST_TOLD = 8;
    private static final int LINES_TOLD = 40;

    private final Site stage;
    private String waitsFor = "";

    /** @param judged how many entries of each form stood */
    record Verdict(List<Stale> stale, Map<Form, Integer> judged) {}

    Settling(Site stage) {
        this.stage = stage;
    }

    /** @throws AssertionError where the pipeline does not recover */
    void settle() {
        try {
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreExceptionsMatching(Settling::mayPass)
                    .until(() -> noneEnded() && partsAreReady() && readersFill());
            touchMarkers();
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(30))
                    .ignoreExceptionsMatching(Settling::mayPass)
                    .until(() -> noneEnded() && markersAreGone());
            Map<TopicPartition, Long> ends = new HashMap<>();
            await().atMost(LIMIT).ignoreExceptionsMatching(Settling::mayPass).until(() -> {
                ends.putAll(Topics.ends(stage.admin()));
                return true;
            });
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(30))
                    .ignoreExceptionsMatching(Settling::mayPass)
                    .until(() -> noneEnded() && allIsAcknowledged(ends));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not recovered after " + LIMIT + ": waits for " + waitsFor, e);
        }
    }

    /** A server may still be away, but a part that ended stays so. */
    private static boolean mayPass(Throwable failure) {
        return !(failure instanceof Ended);
    }

    private boolean noneEnded() {
        Optional<String> complaint = stage.complaint();
        if (complaint.isPresent()) {
            throw new Ended(complaint.get());
        }
        return true;
    }

    private boolean partsAreReady() {
        waitsFor = "a listener and both writers to be ready";
        return stage.ready();
    }

    private boolean readersFill() throws Exception {
        waitsFor = "readers' fills to arrive in Redis";
        return stage.readers().fills("probe:" + System.nanoTime());
    }

    private void touchMarkers() {
        waitsFor = "the last changes to be committed";
        await().atMost(LIMIT).ignoreExceptionsMatching(Settling::mayPass).until(() -> {
            for (Table table : Table.values()) {
                table.markerKeys().forEach(key -> stage.redis().set(key, "\"marker\""));
            }
            return true;
        });
        await().atMost(LIMIT).ignoreExceptionsMatching(Settling::mayPass).until(() -> {
            for (Table table : Table.values()) {
                stage.execute(Stage.PIPELINE, table.touchMarkers());
            }
            return true;
        });
    }

    private boolean markersAreGone() {
        List<String> left = Stream.of(Table.values())
                .flatMap(table -> table.markerKeys().stream())
                .filter(key -> stage.redis().exists(key) > 0)
                .toList();
        waitsFor = "the last changes to be applied, but these stand: " + left;
        return left.isEmpty();
    }

    private boolean allIsAcknowledged(Map<TopicPartition, Long> ends) throws Exception {
        Map<TopicPartition, Long> behind = Topics.behind(stage.admin(), ends);
        waitsFor = "offsets to be acknowledged: " + behind;
        return behind.isEmpty();
    }

    /** What is stale still when time for it is up. */
    Verdict judge() throws Exception {
        Verdict verdict = judgeNow();
        long end = System.nanoTime() + JUDGEMENT.toNanos();
        while (!verdict.stale().isEmpty() && System.nanoTime() - end < 0) {
            Moments.pass(Duration.ofMillis(200));
            verdict = judgeNow();
        }
        return verdict;
    }

    Verdict judgeNow() throws Exception {
        try (Connection connection = stage.connect()) {
            Map<Entry, Held> cached = stage.view().read();
            cached.keySet().removeIf(entry -> entry.key().startsWith("probe:"));
            List<Stale> stale = FaultJudge.judge(Rows.read(connection), cached);
            Map<Form, Integer> judged = new EnumMap<>(Form.class);
            cached.keySet().forEach(entry -> Form.of(entry).ifPresent(form -> judged.merge(form, 1, Integer::sum)));
            return new Verdict(stale, judged);
        }
    }

    /** The first stale entries, each with what happened last to its rows. */
    List<String> told(List<Stale> stale) {
        List<String> told = new ArrayList<>();
        for (Stale one : stale.subList(0, Math.min(MOST_TOLD, stale.size()))) {
            StringBuilder text = new StringBuilder(one.toString());
            List<String> about = one.form()
                    .map(form -> stage.chronicle().about(form, one.entry()))
                    .orElse(List.of());
            about.subList(Math.max(0, about.size() - LINES_TOLD), about.size())
                    .forEach(line -> text.append("\n    ").append(line));
            told.add(text.toString());
        }
        if (stale.size() > MOST_TOLD) {
            told.add("and " + (stale.size() - MOST_TOLD) + " more");
        }
        return told;
    }

    /** A part ended by itself. */
    private static final class Ended extends AssertionError {
        private static final long serialVersionUID = 1;

        Ended(String message) {
            super(message);
        }
    }
}
