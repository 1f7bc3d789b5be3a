package dev.freshet.system.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.CertificateAuthority;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that takes nothing but TLS, and a pipeline that verifies it. Prints what a change takes over TLS and without;
 * asserts nothing about that.
 */
@Tag("full")
class TlsIT {

    private static final String NAME = "tls";
    private static final int CHANGES = 500;
    private static final Duration IDLE = Duration.ofSeconds(10);

    @Test
    void everyConnectionIsVerifiedAndTheLogStreamsThroughCrashes(@TempDir Path directory) throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(Files.createDirectory(directory.resolve("tls")));
        CertificateAuthority.Issued certificate = authority.issue("server", "dns:localhost");
        try (EmbeddedStack stack = EmbeddedStack.builder().postgres().start();
                Site site = Site.create(stack.postgres(), NAME, "CREATE TABLE item (id int PRIMARY KEY)")) {
            write(site, "server.crt", Files.readString(certificate.certificate()));
            write(site, "server.key", Files.readString(certificate.key()));
            Path plain = config(directory, "plain", site, stack.postgres(), Map.of("sslmode", "disable"));
            SetUp.run(stack.postgres(), NAME, plain);
            try (Freshet run = Freshet.start(directory, "run", "--config", plain.toString())) {
                run.awaitReady(Site.PATIENCE);
                measure("without TLS", site, run, 0);
                assertThat(encrypted(site)).isEqualTo("f");
            }

            write(site, "pg_hba.conf", "hostssl all all all scram-sha-256");
            site.execute("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
            Path verified = config(
                    directory,
                    "verified",
                    site,
                    stack.postgres(),
                    Map.of(
                            "sslmode",
                            "verify-full",
                            "sslrootcert",
                            authority.certificate().toString()));
            await().atMost(Site.PATIENCE).until(() -> refused(directory, plain));
            try (Freshet run = Freshet.start(directory, "run", "--config", verified.toString())) {
                try {
                    run.awaitReady(Site.PATIENCE);
                    assertThat(encrypted(site))
                            .as("all connections of the role")
                            .isEqualTo("t");
                    assertThat(site.text(
                                    "SELECT count(*) FROM pg_stat_replication JOIN pg_stat_ssl USING (pid) WHERE ssl"))
                            .isEqualTo("1");
                    measure("verify-full", site, run, 10_000);

                    site.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
                    change(site, 90_001);
                    stack.postgres().kill();
                    stack.postgres().start();
                    change(site, 90_002);
                    stack.postgres().stop();
                    stack.postgres().start();
                    change(site, 90_003);
                    assertThat(encrypted(site)).isEqualTo("t");
                } catch (AssertionError | org.awaitility.core.ConditionTimeoutException e) {
                    throw new AssertionError(e.getMessage() + run.lastWords(), e);
                }
            }
        }
    }

    private static Path config(
            Path directory, String name, Site site, PostgresServer server, Map<String, String> properties)
            throws IOException {
        Map<String, Object> login =
                new HashMap<>(SetUp.login("jdbc:postgresql://localhost:" + server.port() + "/" + NAME));
        login.put("properties", properties);
        return site.config(
                Files.createDirectory(directory.resolve(name)),
                login,
                Map.of("item", Map.of("table", "public.item", "key", "item:{id}")));
    }

    /** Whether a pipeline without TLS is told that it may not connect so. */
    private static boolean refused(Path directory, Path config) {
        try (Freshet doctor = Freshet.start(directory, "doctor", "--config", config.toString())) {
            return doctor.exitCode(Site.PATIENCE) == 2
                    && String.join("\n", doctor.output()).contains("no encryption");
        }
    }

    private static String encrypted(Site site) throws SQLException {
        return site.text("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '"
                + SetUp.ROLE + "' ORDER BY 1");
    }

    /** Into the cluster's directory, by the server itself: nobody else may be able to read a key. */
    private static void write(Site site, String file, String text) throws SQLException {
        site.execute("COPY (SELECT unnest(string_to_array($$" + text.strip() + "$$, E'\\n'))) TO PROGRAM"
                + " 'umask 077 && cat > " + file + "'");
    }

    private static void change(Site site, int id) {
        Set<String> key = Set.of("item:" + id);
        await().atMost(Site.PATIENCE).ignoreExceptions().until(() -> {
            site.fill(key);
            site.execute("INSERT INTO item VALUES (" + id + ") ON CONFLICT (id) DO NOTHING");
            return true;
        });
        site.awaitGone(key);
    }

    /** From a commit to its key being gone, one after another; then the processor's time while nothing happens. */
    private static void measure(String what, Site site, Freshet run, int from) throws Exception {
        site.fill(IntStream.range(from, from + CHANGES)
                .mapToObj(id -> "item:" + id)
                .collect(Collectors.toSet()));
        long[] micros = new long[CHANGES];
        try (Connection connection = site.connect(NAME);
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < CHANGES; i++) {
                int id = from + i;
                statement.execute("INSERT INTO item VALUES (" + id + ")");
                long committed = System.nanoTime();
                while (site.redis().commands().exists("item:" + id) == 1) {
                    if (System.nanoTime() - committed > Site.PATIENCE.toNanos()) {
                        throw new AssertionError("item:" + id + " stands");
                    }
                }
                micros[i] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - committed);
            }
        }
        Arrays.sort(micros);
        Duration before = processor(run);
        long end = System.nanoTime() + IDLE.toNanos();
        await().atMost(IDLE.multipliedBy(2)).until(() -> System.nanoTime() > end);
        System.out.println("TlsIT: " + what + ": commit to key gone, of " + CHANGES
                + " changes one after another: median "
                + micros[CHANGES / 2] + " µs, p99 " + micros[CHANGES * 99 / 100] + " µs; idle for " + IDLE.toSeconds()
                + " s: " + processor(run).minus(before).toMillis() + " ms of a processor");
    }

    private static Duration processor(Freshet run) {
        return run.process().info().totalCpuDuration().orElseThrow();
    }
}
