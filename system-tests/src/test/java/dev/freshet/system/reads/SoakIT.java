package dev.freshet.system.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.JavaProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers, the pipeline, and readers in several processes, in some {@link Trouble}, judged by {@link Judge}: for {@code -Dfreshet.soak.seconds=N}
 * seconds, by default 15; {@code -Dfreshet.soak.seed=N} draws again what a run printed.
 */
class SoakIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String DATABASE = "soak";
    private static final int PROCESSES = 3;

    /** Short, so that fences end while the soak lasts. */
    static final Duration WINDOW = Duration.ofSeconds(10);

    @Test
    void noReadIsOlderThanWhatWasAppliedBeforeItBegan(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("freshet.soak.seed", System.nanoTime() & 0xffffff);
        long seconds = Long.getLong("freshet.soak.seconds", 15);
        System.out.println("SoakIT: -Dfreshet.soak.seed=" + seed + " -Dfreshet.soak.seconds=" + seconds);
        try (Stage stage = new Stage(directory, "cache-client", seed)) {
            stage.begin();
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            await().atMost(Duration.ofSeconds(seconds).plus(PATIENCE))
                    .failFast(() -> stage.checkWell())
                    .until(() -> System.nanoTime() > end);
            stage.quiet();
            stage.lastReads();
            stage.checkWell();

            Map<String, String> rows = stage.rows();
            assertThat(stage.differing(rows, stage.inRedis()))
                    .as("entries in Redis that are not their rows, seed " + seed)
                    .isEmpty();
            stage.processes.forEach(process -> assertThat(stage.differing(rows, process.last))
                    .as("last reads of " + process.name + " that are not the rows, seed " + seed)
                    .isEmpty());
            System.out.println("SoakIT: " + stage.figures(seconds));
            stage.checkThatThereWasSomethingToJudge();
        }
    }

    /** Readers that load and SET, without lease and fence: so the test above can fail. */
    @Test
    void theJudgeFindsReadersThatOnlySet(@TempDir Path directory) throws Exception {
        try (Stage stage = new Stage(directory, "without protocol", 7)) {
            stage.begin();
            await("a read that is too old")
                    .atMost(PATIENCE)
                    .until(() -> stage.processes.stream().anyMatch(process -> process.broken() > 0));
            System.out.println("SoakIT: without protocol "
                    + stage.processes.stream()
                            .flatMap(process -> process.violations().stream())
                            .findFirst()
                            .orElse(""));
        }
    }

    /** One process of readers, and what is known of it. */
    private static final class Readers {
        private final String name;
        private final Judge judge;
        private final Map<String, String> last = new TreeMap<>();
        private final Map<String, Long> meters = new TreeMap<>();
        private final List<String> failures = new ArrayList<>();
        private boolean done;
        private boolean ready;

        Readers(String name, History history) {
            this.name = name;
            this.judge = new Judge(name, history);
        }

        synchronized void heard(String line) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "F" -> judge.fenced(words[1], Long.parseLong(words[2]), Long.parseLong(words[3]));
                case "V" -> judge.visible(Judge.SourceSnapshot.parse(words[1]), Long.parseLong(words[2]));
                case "R" ->
                    judge.read(words[1], kind(words[2], words[3]), words[3], Long.parseLong(words[4]), told(words[5]));
                case "E" -> last.put(words[1] + " by " + words[2], words[3]);
                case "N" -> meters.merge(words[1], Long.parseLong(words[2]), Long::sum);
                case "ready" -> ready = true;
                case "done" -> done = true;
                default -> failures.add(line);
            }
        }

        private static Judge.Kind kind(String way, String outcome) {
            return switch (outcome) {
                case "hit" -> Judge.Kind.REDIS;
                case "near_hit" -> Judge.Kind.NEAR;
                // An absence does not say whether it came from the near cache.
                case "negative" -> way.equals("near") ? Judge.Kind.NEAR : Judge.Kind.REDIS;
                default -> Judge.Kind.LOAD;
            };
        }

        synchronized long broken() {
            return judge.broken();
        }

        synchronized List<String> violations() {
            return List.copyOf(judge.violations());
        }

        synchronized List<String> failures() {
            return List.copyOf(failures);
        }

        synchronized boolean isReady() {
            return ready;
        }

        synchronized boolean isDone() {
            return done;
        }
    }

    private static Map<String, Long> told(String value) {
        Map<String, Long> rows = new TreeMap<>();
        for (String row : value.isEmpty() ? new String[0] : value.split(",", -1)) {
            int is = row.indexOf('=');
            rows.put(row.substring(0, is), Long.valueOf(row.substring(is + 1)));
        }
        return rows;
    }

    /** All that runs. Confined to one thread. */
    private static final class Stage implements AutoCloseable {
        private final long seed;
        private final Path directory;
        private final String reader;
        private final RedisClient client;
        private final StatefulRedisConnection<String, String> redis;
        private final EmbeddedStack own;
        private final PostgresServer postgres;
        private final History history;
        private final Trouble trouble;
        private final Pipeline pipeline;
        private final Applied applied;
        private final Changes changes;
        private final List<Readers> processes = new ArrayList<>();
        private final List<JavaProcess> started = new ArrayList<>();

        Stage(Path directory, String reader, long seed) throws SQLException {
            this.seed = seed;
            client = RedisClient.create(
                    Trouble.own(EmbeddedStack.shared().redis().url()));
            redis = client.connect();
            redis.sync().flushall();
            own = EmbeddedStack.builder().postgres().start();
            postgres = own.postgres();
            pipeline =
                    Pipeline.start(postgres, DATABASE, directory, WINDOW.toSeconds() + "s", Shop.caches(), Shop.SCHEMA);
            history = new History(Shop.beginning());
            applied = new Applied(client.connect());
            changes = new Changes(pipeline, history, applied, seed);
            trouble = new Trouble(postgres, client.connect(), seed);
            this.directory = directory;
            this.reader = reader;
        }

        void begin() {
            // The flush of the first attach refuses all fills for a window.
            await().atMost(PATIENCE)
                    .until(() -> redis.sync().keys("freshet:pattern:*").stream()
                            .noneMatch(fence -> redis.sync().exists(fence) > 0));
            for (int i = 1; i <= PROCESSES; i++) {
                Readers readers = new Readers("process " + i, history);
                processes.add(readers);
                started.add(JavaProcess.start(
                        directory,
                        SoakReaders.class,
                        "160m",
                        List.of(
                                EmbeddedStack.shared().redis().url(),
                                postgres.jdbcUrl(DATABASE),
                                postgres.user(),
                                reader,
                                Long.toString(seed + i)),
                        Map.of("SOURCE_PASSWORD", postgres.password()),
                        readers::heard));
            }
            await().atMost(PATIENCE).until(() -> processes.stream().allMatch(Readers::isReady));
            changes.start();
            trouble.start();
        }

        void checkWell() {
            assertThat(trouble.failure()).isEmpty();
            assertThat(changes.failure()).isEmpty();
            assertThat(pipeline.isAlive()).as(pipeline.lastWords()).isTrue();
            for (int i = 0; i < PROCESSES; i++) {
                assertThat(processes.get(i).failures())
                        .as(started.get(i).lastWords())
                        .isEmpty();
                assertThat(processes.get(i).violations())
                        .as(processes.get(i).broken() + " reads are wrong, seed " + seed)
                        .isEmpty();
            }
        }

        /** Returns when every committed change was applied, and near caches must have heard of it. */
        void quiet() throws InterruptedException, SQLException {
            trouble.stop();
            changes.stop();
            try {
                await().atMost(PATIENCE).until(() -> applied.pending() == 0);
            } catch (org.awaitility.core.ConditionTimeoutException e) {
                throw new AssertionError("changes that were never applied: " + applied + pipeline.lastWords(), e);
            }
            long end = System.nanoTime() + Judge.LAG.toNanos();
            await().atMost(PATIENCE).until(() -> System.nanoTime() > end);
        }

        void lastReads() {
            started.forEach(process -> process.tell("last"));
            await().atMost(PATIENCE).until(() -> processes.stream().allMatch(Readers::isDone));
        }

        /** What each key's rows say. */
        Map<String, String> rows() throws SQLException {
            Map<String, String> rows = new TreeMap<>();
            try (Connection connection = pipeline.connect()) {
                for (String key : Shop.keys()) {
                    rows.put(
                            key,
                            key.startsWith("shelf:")
                                    ? Rows.told(Rows.shelf(connection, key))
                                    : key.startsWith("member:")
                                            ? Rows.toldMember(Rows.member(connection, key))
                                            : Rows.told(Rows.book(connection, key)));
                }
            }
            return rows;
        }

        Map<String, String> inRedis() throws Exception {
            Map<String, String> cached = new TreeMap<>();
            for (String key : redis.sync().keys("*")) {
                if (!key.startsWith("freshet:")) {
                    cached.put(key, Cached.told(key, redis.sync().get(key)));
                }
            }
            assertThat(cached)
                    .as("keys that are cached")
                    .hasSizeGreaterThan(Shop.keys().size() / 2);
            return cached;
        }

        /** @param told by key; what follows a space in it says who was told */
        List<String> differing(Map<String, String> rows, Map<String, String> told) {
            List<String> differing = new ArrayList<>();
            told.forEach((key, value) -> {
                String row = rows.getOrDefault(key.replaceFirst(" .*", ""), "no such key");
                if (!new TreeSet<>(List.of(row.split(",", -1))).equals(new TreeSet<>(List.of(value.split(",", -1))))) {
                    differing.add(key + " says " + value + " for " + row);
                }
            });
            return differing;
        }

        void checkThatThereWasSomethingToJudge() {
            Map<String, Long> figures = sums();
            for (String kind : List.of(
                    "hit", "near_hit", "negative", "miss", "fill stored", "fill refused_lease", "fill refused_fence")) {
                assertThat(figures.getOrDefault(kind, 0L)).as(kind).isPositive();
            }
            assertThat(changes.transactions()).isPositive();
        }

        private Map<String, Long> sums() {
            Map<String, Long> figures = new TreeMap<>();
            for (Readers process : processes) {
                process.judge.counts().forEach((outcome, count) -> figures.merge(outcome, count, Long::sum));
                process.meters.forEach((meter, count) -> figures.merge(meter, count, Long::sum));
            }
            return figures;
        }

        String figures(long seconds) {
            return seconds + " s, " + changes.transactions() + " transactions, "
                    + processes.stream()
                            .mapToLong(process -> process.judge.counts().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum())
                            .sum()
                    + " reads " + sums() + ", a near hit at most "
                    + processes.stream()
                            .mapToLong(process -> process.judge.worstLag().toMillis())
                            .max()
                            .orElse(0)
                    + " ms behind, a key gone at most " + applied.longest().toMillis() + " ms after the commit, "
                    + trouble;
        }

        @Override
        public void close() throws SQLException {
            trouble.close();
            started.forEach(JavaProcess::close);
            changes.close();
            applied.close();
            pipeline.close();
            own.close();
            client.shutdown();
        }
    }
}
