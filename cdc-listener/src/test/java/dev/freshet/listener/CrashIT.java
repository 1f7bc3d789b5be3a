package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Kills the listener again and again while rows that share a log position stream through it. */
class CrashIT {

    private static final int KILLS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Test
    void noRowIsLostThoughTheListenerIsKilledAtAnyMoment() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CrashIT seed " + seed);
        Random random = new Random(seed);
        try (TestServers servers =
                new TestServers("CREATE TABLE crash (id bigint PRIMARY KEY, version text, filler text)")) {
            Load load = new Load(servers, seed);
            var executor = Executors.newSingleThreadExecutor();
            CompletableFuture<Void> loading = CompletableFuture.completedFuture(null);
            for (int kill = 0; kill < KILLS; kill++) {
                try (ListenerProcess listener = ListenerProcess.start(servers, "public.crash")) {
                    listener.awaitReady();
                    if (kill == 0) {
                        loading = CompletableFuture.runAsync(load, executor);
                    }
                    Awaitility.await()
                            .pollDelay(300 + random.nextInt(1200), TimeUnit.MILLISECONDS)
                            .until(() -> true);
                    listener.kill();
                }
            }
            load.stop();
            loading.get(1, TimeUnit.MINUTES);
            executor.shutdown();

            try (Listener listener = servers.listener("public.crash")) {
                listener.start();
                Lsn end = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(
                                () -> servers.confirmed(),
                                confirmed -> Lsn.parse(confirmed).compareTo(end) >= 0);
            }
            compare(servers, load);
        }
    }

    private static void compare(TestServers servers, Load load) throws SQLException {
        Set<String> written = new HashSet<>();
        Set<String> deleted = new HashSet<>();
        try (TopicReader reader = servers.reader(servers.name() + ".public.crash")) {
            List<TopicReader.Read> read = reader.untilEnd();
            for (TopicReader.Read record : read) {
                if (!record.tombstone() && record.value().path("after").isObject()) {
                    written.add(record.value().at("/after/id").asText() + ":"
                            + record.value().at("/after/version").asText());
                } else if (record.op().equals("d")) {
                    deleted.add(record.key().path("id").asText());
                }
            }
            System.out.println("CrashIT: " + load.written.size() + " rows, " + load.deleted.size() + " moved keys, "
                    + read.size() + " records");
        }
        assertThat(load.written).hasSizeGreaterThan(1000);
        assertThat(load.written.stream().filter(row -> !written.contains(row)).collect(Collectors.toList()))
                .as("rows that never reached Kafka")
                .isEmpty();
        assertThat(load.deleted.stream().filter(id -> !deleted.contains(id)).collect(Collectors.toList()))
                .as("keys whose deletion never reached Kafka")
                .isEmpty();
        // Its own check that the expectation is right: what stands in the table was written by the load.
        assertThat(load.written.containsAll(rows(servers))).isTrue();
    }

    private static Set<String> rows(TestServers servers) throws SQLException {
        Set<String> rows = new HashSet<>();
        try (Statement statement = servers.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT id || ':' || version FROM crash")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    /** COPYs, multi-row inserts and primary-key updates, one transaction after another. */
    private static final class Load implements Runnable {
        private final TestServers servers;
        private final Random random;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Set<String> written = new HashSet<>();
        private final Set<String> deleted = new HashSet<>();
        private long nextId = 1;
        private int version;

        Load(TestServers servers, long seed) {
            this.servers = servers;
            this.random = new Random(seed + 1);
        }

        void stop() {
            stopped.set(true);
        }

        @Override
        public void run() {
            try (Connection connection = DriverManager.getConnection(
                            TestServers.url(servers.name()), TestServers.user(), TestServers.password());
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                while (!stopped.get()) {
                    for (int step = random.nextInt(3); step >= 0; step--) {
                        version++;
                        switch (random.nextInt(3)) {
                            case 0 -> copy(connection, 1 + random.nextInt(200));
                            case 1 -> insert(statement, 1 + random.nextInt(50));
                            default -> move(statement, 1 + random.nextInt(20));
                        }
                    }
                    connection.commit();
                    // Some hundred rows at a time, forty times a second: enough to be in the middle of at each kill.
                    LockSupport.parkNanos(25_000_000);
                }
            } catch (SQLException | java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void copy(Connection connection, int rows) throws SQLException, java.io.IOException {
            StringBuilder csv = new StringBuilder();
            for (int i = 0; i < rows; i++) {
                written.add(nextId + ":" + version);
                csv.append(nextId++).append(',').append(version).append(",filler\n");
            }
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY crash FROM STDIN (FORMAT csv)",
                            new ByteArrayInputStream(csv.toString().getBytes(StandardCharsets.UTF_8)));
        }

        private void insert(Statement statement, int rows) throws SQLException {
            long last = nextId + rows - 1;
            statement.execute("INSERT INTO crash SELECT g, '" + version + "', 'filler' FROM generate_series(" + nextId
                    + ", " + last + ") g");
            for (; nextId <= last; nextId++) {
                written.add(nextId + ":" + version);
            }
        }

        /** Gives existing rows new keys, each of which makes two records of one log position. */
        private void move(Statement statement, int rows) throws SQLException {
            try (ResultSet moved = statement.executeQuery("WITH old AS (SELECT id, row_number() OVER () AS n FROM"
                    + " (SELECT id FROM crash ORDER BY random() LIMIT " + rows + ") chosen) UPDATE crash SET id = "
                    + (nextId - 1) + " + n, version = '" + version
                    + "' FROM old WHERE crash.id = old.id RETURNING old.id, crash.id")) {
                while (moved.next()) {
                    deleted.add(moved.getString(1));
                    written.add(moved.getString(2) + ":" + version);
                    nextId = Math.max(nextId, moved.getLong(2) + 1);
                }
            }
        }
    }
}
