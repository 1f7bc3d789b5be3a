package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.load.Watcher;
import dev.freshet.benchmarks.peer.EnginePeer;
import dev.freshet.benchmarks.report.Results;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** What Debezium's engine, the listener and the writer manage by themselves, one after another. Confined to one thread. */
final class Stages {

    /** What the tables and charts call them. */
    static final String ENGINE = "Debezium's engine, doing nothing";

    static final String LISTENER = "listener, to Kafka";
    static final String WRITER = "writer, from Kafka to Redis";

    private static final int BY = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();
    private static final int ROUNDS = 2;

    private final Site site;
    private final int changes;
    private final Results results;
    private final Consumer<String> progress;

    /** @param changes how many wait, or come, each time */
    Stages(Site site, int changes, Results results, Consumer<String> progress) {
        this.site = site;
        this.changes = changes;
        this.results = results;
        this.progress = progress;
    }

    void play(Freshet.Setting setting) throws SQLException, InterruptedException {
        site.clear();
        engine();
        site.clear();
        try (Freshet freshet = new Freshet(site, "stages", setting)) {
            freshet.attach();
            freshet.stop();
            stages(freshet, setting.partitions());
        }
    }

    private void engine() throws SQLException, InterruptedException {
        progress.accept("stages: Debezium's engine");
        site.source()
                .run(
                        "CREATE PUBLICATION " + EnginePeer.NAME + " FOR TABLE " + Source.TABLE,
                        "SELECT pg_create_logical_replication_slot('" + EnginePeer.NAME + "', 'pgoutput')");
        change();
        ChildJvm.Program program = ChildJvm.Program.of(
                        "engine", EnginePeer.class.getName(), List.of(Freshet.HEAP), List.of(Integer.toString(changes)))
                .with(site.peer().environment());
        try (ChildJvm engine = ChildJvm.start(site.directory(), program)) {
            note(ENGINE, Figures.COLD, rate(engine));
            for (int i = 0; i < ROUNDS; i++) {
                change();
                note(ENGINE, Figures.BURST, rate(engine));
            }
        }
    }

    private static double rate(ChildJvm engine) throws InterruptedException {
        return Double.parseDouble(engine.awaitTold(EnginePeer.RATE, PATIENCE));
    }

    /** Each stage first as it starts, with all of its work waiting; then again, warm. */
    private void stages(Freshet freshet, int partitions) throws SQLException, InterruptedException {
        progress.accept("stages: listener and writer");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", site.kafka()))) {
            List<TopicPartition> topic = IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(freshet.topic(), partition))
                    .toList();
            change();
            long before = end(admin, topic);
            freshet.startListener();
            note(LISTENER, Figures.COLD, rate(admin, topic, before));
            note(WRITER, Figures.COLD, written(freshet::startWriter));
            for (int i = 0; i < ROUNDS; i++) {
                freshet.pauseWriter();
                before = end(admin, topic);
                change();
                note(LISTENER, Figures.BURST, rate(admin, topic, before));
                note(WRITER, Figures.BURST, written(freshet::resumeWriter));
            }
        } catch (ExecutionException e) {
            throw new BenchException("Kafka does not tell how far the topic reaches", e);
        }
    }

    private void change() throws SQLException {
        site.source().change(Source.TABLE, 0, changes, BY);
    }

    private void note(String stage, String column, double rate) {
        results.add(Figures.STAGES, stage, column, rate);
    }

    private double rate(Admin admin, List<TopicPartition> topic, long before)
            throws ExecutionException, InterruptedException {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        long first = 0;
        long had = 0;
        while (System.nanoTime() < patience) {
            long now = System.nanoTime();
            long stored = end(admin, topic) - before;
            if (stored > 0 && first == 0) {
                first = now;
                had = stored;
            } else if (stored >= changes) {
                return (stored - had) / ((now - first) / 1e9);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new BenchException("the listener did not publish all changes within " + PATIENCE.toSeconds() + " s");
    }

    private static long end(Admin admin, List<TopicPartition> topic) throws ExecutionException, InterruptedException {
        return admin
                .listOffsets(topic.stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all()
                .get()
                .values()
                .stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }

    private double written(Runnable begin) {
        site.fill("item:", 0, changes);
        try (Watcher watcher = site.watch("item:")) {
            begin.run();
            if (!watcher.await(changes, PATIENCE)) {
                throw new BenchException("the writer did not apply all changes within " + PATIENCE.toSeconds() + " s");
            }
            return changes / (watcher.span().toNanos() / 1e9);
        }
    }
}
