package dev.freshet.system.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The primary dies with changes that no listener has read, and its standby takes over. */
@Tag("full")
class FailoverIT {

    private static final int UNREAD = 100;
    private static final String SLOTS =
            "SELECT slot_name || ' ' || coalesce(restart_lsn::text, '') || ' ' || coalesce(confirmed_flush_lsn::text, '')"
                    + " FROM pg_replication_slots ORDER BY 1";
    private static final Set<String> KEYS =
            IntStream.range(0, UNREAD).mapToObj(id -> "item:" + id).collect(Collectors.toSet());

    @ParameterizedTest
    @ValueSource(ints = {17, 18})
    void aFailoverSlotGoesOnOnTheStandbyAndTheCachesAreFlushed(int major, @TempDir Path directory) throws Exception {
        play(
                "kept" + major,
                major,
                directory,
                // The log is decoded no further than the standby has it.
                Map.of("synchronized_standby_slots", Standby.SLOT),
                Map.of("sync_replication_slots", "on"),
                true);
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 17})
    void withoutASlotOnTheStandbyItIsAGapThatIsToldAndFlushed(int major, @TempDir Path directory) throws Exception {
        play("lost" + major, major, directory, Map.of(), Map.of(), false);
    }

    private static void play(
            String name,
            int major,
            Path directory,
            Map<String, String> onPrimary,
            Map<String, String> onStandby,
            boolean kept)
            throws Exception {
        Path jar = Path.of(System.getProperty("freshet.postgres.versions"), major + ".jar");
        Path cluster = directory.resolve("primary");
        try (EmbeddedStack first = EmbeddedStack.builder()
                .postgres(onPrimary)
                .postgresFrom(jar)
                .dataDir(cluster)
                .fsync(false)
                .start()) {
            PostgresServer primary = first.postgres();
            try (Site site = Site.create(primary, name, "CREATE TABLE item (id int PRIMARY KEY)")) {
                site.execute("SELECT pg_create_physical_replication_slot('" + Standby.SLOT + "', true)");
                try (EmbeddedStack second = Standby.of(first, jar, cluster, directory.resolve("standby"), onStandby);
                        Site other = site.on(second.postgres())) {
                    Path config = config(directory, name, site, primary, second.postgres());
                    SetUp.run(primary, name, config);
                    try (Freshet listener = Freshet.start(directory, "listener", "--config", config.toString());
                            Freshet writer = Freshet.start(directory, "writer", "--config", config.toString())) {
                        try {
                            listener.awaitReady(Site.PATIENCE);
                            writer.awaitReady(Site.PATIENCE);
                            site.beat();
                            failOver(name, site, other, primary, listener, kept);
                            assertThat(writer.isAlive()).isTrue();
                        } catch (AssertionError | org.awaitility.core.ConditionTimeoutException e) {
                            throw new AssertionError(e.getMessage() + listener.lastWords() + writer.lastWords(), e);
                        }
                    }
                }
            }
        }
    }

    private static Path config(Path directory, String name, Site site, PostgresServer primary, PostgresServer standby)
            throws Exception {
        Map<String, Object> login = new HashMap<>(
                SetUp.login("jdbc:postgresql://" + primary.address() + "," + standby.address() + "/" + name));
        login.put("properties", Map.of("targetServerType", "primary"));
        return site.config(
                Files.createDirectory(directory.resolve("config")),
                login,
                Map.of("item", Map.of("table", "public.item", "key", "item:{id}")));
    }

    private static void failOver(
            String name, Site primary, Site standby, PostgresServer server, Freshet listener, boolean kept)
            throws Exception {
        if (kept) {
            await().atMost(Site.PATIENCE)
                    .until(() -> standby.text(
                                    "SELECT synced AND NOT temporary FROM pg_replication_slots WHERE slot_name = '"
                                            + name + "'")
                            .equals("t"));
        }
        listener.suspend();
        primary.fill(KEYS);
        String before = primary.text("SELECT pg_current_wal_lsn()");
        primary.execute("INSERT INTO item SELECT generate_series(0, " + (UNREAD - 1) + ")");
        String written = primary.text("SELECT pg_current_wal_lsn()");
        await().atMost(Site.PATIENCE)
                .until(() -> standby.text("SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                        .equals("t"));
        assertThat(standby.text("SELECT count(*) FROM item")).isEqualTo("" + UNREAD);
        String slots = "changes from " + before + " to " + written + ", slots on the primary " + primary.text(SLOTS)
                + ", on the standby " + standby.text(SLOTS);
        server.kill();
        assertThat(primary.gone(KEYS)).as("read before the failover").isEmpty();
        standby.execute("SELECT pg_promote()");
        listener.resume();

        standby.awaitGone(KEYS);
        standby.beat();
        Duration patience = Site.PATIENCE;
        await().atMost(patience)
                .untilAsserted(() -> assertThat(
                                Topic.values(name + ".control").stream().filter(record -> record.contains("\"gap\"")))
                        .hasSize(2)
                        .last()
                        .asString()
                        .contains(kept ? "on timeline 2" : "slot did not exist"));
        // The flush may have taken the beat's key; its record is what comes after all others.
        await().atMost(patience)
                .until(() -> Topic.values(name + ".public.beat").stream()
                        .anyMatch(record -> record.contains("\"after\":{\"id\":1000001}")));
        System.out.println("FailoverIT: " + name + ": " + slots);
        assertThat(Topic.values(name + ".public.item"))
                .as("whoever else reads the topic is told of each change only where the slot was kept; " + slots)
                .hasSize(kept ? UNREAD : 0);
    }
}
