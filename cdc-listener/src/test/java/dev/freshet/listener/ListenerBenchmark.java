package dev.freshet.listener;

import com.sun.management.OperatingSystemMXBean;
import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.KafkaConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Measures commit to Kafka's acknowledgement, drain and idle CPU of the listener in this JVM; asserts nothing.
 * Arguments: JDBC URL, user, password, bootstrap servers, seconds at 200 commits a second.
 */
final class ListenerBenchmark {

    private static final int RATE = 200;
    private static final int DRAIN = 100_000;
    private static final int LARGEST = 5_000_000;

    private final AtomicLongArray acknowledged = new AtomicLongArray(LARGEST);
    private final AtomicLong count = new AtomicLong();

    private ListenerBenchmark() {}

    public static void main(String[] args) throws Exception {
        new ListenerBenchmark().run(args[0], args[1], args[2], args[3], Integer.parseInt(args[4]));
    }

    private void run(String url, String user, String password, String bootstrap, int seconds) throws Exception {
        PostgresConfig postgres = new PostgresConfig(url, user, new Secret(password), 1L << 33, Map.of());
        TableId table = new TableId("public", "listener_bench");
        CaptureSettings settings =
                new CaptureSettings(postgres, new Topics("lbench"), "lbench", "lbench", List.of(table));
        KafkaConfig kafka = new KafkaConfig(Optional.of(bootstrap), Path.of("."), 6, 1, Duration.ofHours(1), Map.of());
        try (Connection connection =
                        SourceDatabase.open(postgres, SourceAddress.of(postgres).get(0), Map.of());
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS listener_bench");
            statement.execute("CREATE TABLE listener_bench (id bigint PRIMARY KEY, title text, price numeric(9,2))");
            ChangeLog log = new Stopwatch(new KafkaChangeLog(kafka, bootstrap, settings.topics(), settings.tables()));
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                if (!listener.awaitStreaming(Duration.ofSeconds(60))) {
                    throw new IllegalStateException("not streaming");
                }
                latency(connection, 0, 10, "warm-up");
                latency(connection, 100_000, seconds, "latency");
                idle(20);
                drain(connection, "drain 1");
                drain(connection, "drain 2");
                latency(connection, 4_000_000, seconds, "latency after drain");
                idle(20);
            }
            for (String sql : new SourceSql(settings).teardown("postgres").subList(0, 2)) {
                statement.execute(sql);
            }
        }
    }

    private void latency(Connection connection, int from, int seconds, String what) throws SQLException {
        int commits = RATE * seconds;
        long[] committed = new long[commits];
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO listener_bench VALUES (?, 'a title of some length', 12.50)")) {
            long start = System.nanoTime();
            for (int i = 0; i < commits; i++) {
                LockSupport.parkNanos(start + i * (1_000_000_000L / RATE) - System.nanoTime());
                insert.setLong(1, from + i);
                insert.execute();
                committed[i] = System.nanoTime();
            }
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
        double[] millis = new double[commits];
        for (int i = 0; i < commits; i++) {
            millis[i] = (acknowledged.get(from + i) - committed[i]) / 1e6;
        }
        Arrays.sort(millis);
        System.out.printf(
                "%-22s p50 %.2f ms, p90 %.2f, p99 %.2f, p99.9 %.2f, max %.2f%n",
                what,
                millis[commits / 2],
                millis[commits * 9 / 10],
                millis[commits * 99 / 100],
                millis[commits * 999 / 1000],
                millis[commits - 1]);
    }

    private void drain(Connection connection, String what) throws SQLException {
        long before = count.get();
        long start = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < DRAIN / 1000; i++) {
                statement.execute("INSERT INTO listener_bench SELECT g, 'a title of some length', 12.50 FROM"
                        + " generate_series((SELECT max(id) + 1 FROM listener_bench), (SELECT max(id) + 1000 FROM"
                        + " listener_bench)) g");
            }
        }
        while (count.get() < before + DRAIN) {
            LockSupport.parkNanos(1_000_000);
        }
        System.out.printf("%-22s %.0f rows/s%n", what, DRAIN / ((System.nanoTime() - start) / 1e9));
    }

    private static void idle(int seconds) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
        System.out.printf(
                "idle CPU               %.1f %% of a core%n", (system.getProcessCpuTime() - before) / 1e7 / seconds);
    }

    private final class Stopwatch implements ChangeLog {
        private final ChangeLog log;

        Stopwatch(ChangeLog log) {
            this.log = log;
        }

        @Override
        public void prepare() {
            log.prepare();
        }

        @Override
        public Optional<StoredPosition> position() {
            return log.position();
        }

        @Override
        public long activity() {
            return log.activity();
        }

        @Override
        public ChangePublisher open() {
            ChangePublisher publisher = log.open();
            return new ChangePublisher() {
                @Override
                public void send(OutgoingRecord record, Acknowledgement acknowledgement) {
                    if (!record.topic().endsWith("listener_bench")) {
                        publisher.send(record, acknowledgement);
                        return;
                    }
                    publisher.send(record, new Acknowledgement() {
                        @Override
                        public void stored(int partition, long offset) {
                            String key = new String(
                                    record.key() == null ? new byte[0] : record.key(),
                                    java.nio.charset.StandardCharsets.UTF_8);
                            acknowledged.set(Integer.parseInt(key.replaceAll("[^0-9]", "")), System.nanoTime());
                            acknowledgement.stored(partition, offset);
                            count.incrementAndGet();
                        }

                        @Override
                        public void refused(Exception cause) {
                            acknowledgement.refused(cause);
                        }
                    });
                }

                @Override
                public int largestRecord(String topic) {
                    return publisher.largestRecord(topic);
                }

                @Override
                public Map<String, List<Long>> endOffsets() {
                    return publisher.endOffsets();
                }

                @Override
                public void check(Consumer<Exception> broken) {
                    publisher.check(broken);
                }

                @Override
                public void abandon() {
                    publisher.abandon();
                }

                @Override
                public void close() {
                    publisher.close();
                }
            };
        }
    }
}
