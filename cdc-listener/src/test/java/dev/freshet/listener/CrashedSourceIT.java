package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.ControlRecord;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that lost commits which readers may have seen. */
class CrashedSourceIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static List<ControlRecord.Gap> gaps(TestServers servers, HeldLog log) {
        return log.gaps(servers.topics().control());
    }

    private static void untilStreaming(TestServers servers, HeldLog log, int id) throws Exception {
        servers.reconnect();
        servers.execute("INSERT INTO books VALUES (" + id + ")");
        await().atMost(LIMIT)
                .until(() -> log.values(servers.tableTopic()).stream()
                        .anyMatch(value -> value.contains("\"after\":{\"id\":" + id + "}")));
    }

    @Test
    void aCrashIsAGapWhereCommitsAreAsynchronousAndAnOrderlyRestartIsNone() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            PostgresServer postgres = EmbeddedStack.shared().postgres();
            try (Listener listener = new Listener(servers.settings("public.books"), log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                // Nobody told the listener: it looks.
                servers.execute("ALTER DATABASE " + servers.name() + " SET synchronous_commit = off");
                await().atMost(LIMIT)
                        .until(() -> log.position()
                                .filter(position -> position.source().asynchronousCommits())
                                .isPresent());

                postgres.stop();
                postgres.start();
                untilStreaming(servers, log, 1);
                assertThat(gaps(servers, log)).hasSize(1);

                // Synchronous again when the listener looks next; but not when the server crashed.
                log.hold(servers.topics().offsets());
                servers.execute("ALTER DATABASE " + servers.name() + " RESET synchronous_commit");
                servers.crashOneBackend();
                log.forget();
                untilStreaming(servers, log, 2);
                await().atMost(LIMIT).until(() -> gaps(servers, log).size() > 1);
                ControlRecord.Gap gap = gaps(servers, log).get(1);
                assertThat(gap.tables()).isEmpty();
                assertThat(gap.epoch()).isEqualTo(2);
                assertThat(gap.reason()).contains("synchronous_commit");
            }
        }
    }

    @Test
    void aCrashBetweenTheChecksAndTheRunIsFound() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            servers.execute("ALTER ROLE " + TestServers.user() + " IN DATABASE " + servers.name()
                    + " SET synchronous_commit = off");
            HeldLog log = new HeldLog(servers.topics().offsets());
            CaptureSettings settings = servers.settings("public.books");
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            }
            log.beforeNextRun(servers::crashOneBackend);
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                await().atMost(LIMIT).until(() -> gaps(servers, log).size() > 1);
                assertThat(gaps(servers, log).get(1).epoch()).isEqualTo(2);
                untilStreaming(servers, log, 1);
            }
        }
    }

    @Test
    void aClusterThatWasRestoredFromACopyIsAGap(@TempDir Path directory) throws Exception {
        try (EmbeddedStack stack = EmbeddedStack.builder()
                        .postgres()
                        .dataDir(directory)
                        .fsync(false)
                        .start();
                TestServers servers = new TestServers(stack.postgres(), "CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            CaptureSettings settings = servers.settings("public.books");
            PostgresServer postgres = stack.postgres();
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                untilStreaming(servers, log, 1);
            }
            postgres.stop();
            Path cluster = cluster(directory);
            Path copy = cluster.resolveSibling("copy");
            run("cp", "-a", cluster.toString(), copy.toString());
            postgres.start();
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                untilStreaming(servers, log, 2);
                servers.execute("INSERT INTO books SELECT generate_series(1000, 6000)");
                await().atMost(LIMIT)
                        .until(() -> log.values(servers.tableTopic()).size() >= 5000);
                untilStreaming(servers, log, 3);
            }
            assertThat(gaps(servers, log)).hasSize(1);

            postgres.stop();
            run("rm", "-r", cluster.toString());
            run("mv", copy.toString(), cluster.toString());
            postgres.start();
            servers.reconnect();
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                await().atMost(LIMIT).until(() -> gaps(servers, log).size() > 1);
                ControlRecord.Gap gap = gaps(servers, log).get(1);
                assertThat(gap.reason()).contains("restored");
                assertThat(gap.epoch()).isEqualTo(2);
            }
        }
    }

    private static Path cluster(Path directory) throws IOException {
        try (Stream<Path> files = Files.find(directory, 3, (path, any) -> path.endsWith("PG_VERSION"))) {
            return files.findFirst().orElseThrow().resolveSibling("").normalize();
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
