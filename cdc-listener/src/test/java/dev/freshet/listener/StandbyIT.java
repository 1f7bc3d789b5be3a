package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.listener.Listener.State;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

class StandbyIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theSecondListenerWaitsAndTakesOverWithoutAGap() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                Listener second = servers.listener("public.books")) {
            try (Listener first = servers.listener("public.books")) {
                first.start();
                assertThat(first.awaitStreaming(LIMIT)).isTrue();
                second.start();
                await().atMost(LIMIT).until(() -> second.state() == State.STANDBY);
                assertThat(first.obstacles()).isEmpty();
                assertThat(second.obstacles()).as("standing by is no fault").isEmpty();
                servers.execute("INSERT INTO books VALUES (1)");
            }
            servers.execute("INSERT INTO books VALUES (2)");
            assertThat(second.awaitStreaming(LIMIT)).isTrue();
            try (TopicReader reader = servers.reader(servers.name() + ".public.books")) {
                reader.until(records -> records.stream()
                                .map(read -> read.key().path("id").asLong())
                                .distinct()
                                .count()
                        == 2);
                assertThat(reader.until(records -> true))
                        .extracting(TopicReader.Read::epoch)
                        .containsOnly("1");
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aHolderWithoutSignOfLifeIsTerminated() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            try (Listener first = servers.listener("public.books")) {
                first.start();
                assertThat(first.awaitStreaming(LIMIT)).isTrue();
            }
            try (Connection dead = SourceDatabase.open(
                            servers.postgres(),
                            SourceAddress.of(servers.postgres()).get(0),
                            Map.of(
                                    "replication", "database",
                                    "preferQueryMode", "simple",
                                    "assumeMinServerVersion", "14"));
                    PGReplicationStream stream = dead.unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName(servers.name())
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", servers.name())
                            .start();
                    Listener standby = servers.listener("public.books")) {
                assertThat(stream.isClosed()).isFalse();
                standby.start();
                await().atMost(LIMIT).until(() -> standby.state() == State.STANDBY);
                assertThat(standby.awaitStreaming(LIMIT)).isTrue();
            } catch (java.sql.SQLException e) {
                // Closing the terminated connection.
                org.assertj.core.api.Assertions.assertThat(e.getSQLState()).isNotEmpty();
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aKilledHolderIsReplacedWithoutAGap() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                ListenerProcess first = ListenerProcess.start(servers, "public.books");
                Listener second = servers.listener("public.books")) {
            first.awaitReady();
            second.start();
            await().atMost(LIMIT).until(() -> second.state() == State.STANDBY);
            servers.execute("INSERT INTO books VALUES (1)");
            first.kill();
            servers.execute("INSERT INTO books VALUES (2)");
            assertThat(second.awaitStreaming(LIMIT)).isTrue();
            try (TopicReader reader = servers.reader(servers.tableTopic())) {
                assertThat(reader.until(records -> records.stream()
                                        .map(read -> read.key().path("id").asLong())
                                        .distinct()
                                        .count()
                                == 2))
                        .extracting(TopicReader.Read::epoch)
                        .containsOnly("1");
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aHolderThatIsCutOffFromTheDatabaseIsReplacedWithoutAGap() throws Exception {
        isReplacedAfter((servers, cut) -> cut.cut());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aHolderThatOnlyItsWalsenderStillReachesIsReplacedWithoutAGap() throws Exception {
        isReplacedAfter((servers, cut) -> {
            cut.refuse();
            // The heartbeats' among them; not Debezium's own.
            servers.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet'"
                    + " AND datname = current_database()");
        });
    }

    private interface Fault {
        void happen(TestServers servers, TcpCut cut) throws Exception;
    }

    private static void isReplacedAfter(Fault fault) throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
                TcpCut cut = new TcpCut(servers.server())) {
            // In a JVM of its own: Debezium's metrics are registered by name, once in each.
            try (ListenerProcess first = ListenerProcess.start(
                            servers, cut.through(servers.postgres().url()), "public.books");
                    Listener second = servers.listener("public.books")) {
                first.awaitReady();
                second.start();
                await().atMost(LIMIT).until(() -> second.state() == State.STANDBY);

                fault.happen(servers, cut);
                servers.execute("INSERT INTO books VALUES (1)");
                assertThat(second.awaitStreaming(LIMIT)).isTrue();
                try (TopicReader reader = servers.reader(servers.tableTopic())) {
                    assertThat(reader.until(records -> !records.isEmpty()))
                            .extracting(TopicReader.Read::epoch)
                            .containsOnly("1");
                }
            }
        }
    }
}
