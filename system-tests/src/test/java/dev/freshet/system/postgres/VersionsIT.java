package dev.freshet.system.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every PostgreSQL that is supported, each with the role that {@code setup --print} makes. */
@Tag("full")
class VersionsIT {

    private static final String[] SCHEMA = {
        "CREATE TABLE item (id int PRIMARY KEY, shelf text, net numeric(8,2) NOT NULL,"
                + " gross numeric(10,2) GENERATED ALWAYS AS (net * 2) STORED, note text)",
        "ALTER TABLE item REPLICA IDENTITY FULL",
        "CREATE TABLE coded (id int PRIMARY KEY, code text NOT NULL UNIQUE, v int)",
        "ALTER TABLE coded REPLICA IDENTITY USING INDEX coded_code_key",
        "CREATE TABLE plain (id int PRIMARY KEY, v text)",
        "CREATE TABLE event (id int, region text, note text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
        "CREATE TABLE event_eu PARTITION OF event FOR VALUES IN ('eu')",
        "CREATE TABLE event_us PARTITION OF event FOR VALUES IN ('us')",
        "ALTER TABLE event REPLICA IDENTITY FULL",
        "ALTER TABLE event_eu REPLICA IDENTITY FULL",
        "ALTER TABLE event_us REPLICA IDENTITY FULL",
        "CREATE TABLE label (shelf text PRIMARY KEY, label text)",
        "INSERT INTO label VALUES ('a', 'Atlases'), ('b', 'Biographies')",
    };

    private static final Set<String> ITEMS =
            Set.of("item:1", "item:2", "shelf:a", "shelf:b", "gross:10.00", "gross:12.00");
    private static final Set<String> EVENTS = Set.of("event:7", "event:8", "region:eu", "region:us");
    private static final Set<String> OTHERS =
            Set.of("coded:x", "coded:y", "plain:1", "plain:2", "plain:3", "unmapped:1");

    private static Map<String, Object> caches() {
        Map<String, Object> caches = new LinkedHashMap<>();
        Map.of(
                        "item", "item:{id}",
                        "shelf", "shelf:{shelf}",
                        "gross", "gross:{gross}")
                .forEach((name, key) -> caches.put(name, Map.of("table", "public.item", "key", key)));
        caches.put("coded", Map.of("table", "public.coded", "key", "coded:{code}"));
        caches.put("plain", Map.of("table", "public.plain", "key", "plain:{id}"));
        caches.put("event", Map.of("table", "public.event", "key", "event:{id}"));
        caches.put("region", Map.of("table", "public.event", "key", "region:{region}"));
        caches.put(
                "card",
                Map.of(
                        "table",
                        "public.item",
                        "key",
                        "card:{id}",
                        "on-change",
                        "refresh",
                        "value",
                        Map.of("columns", List.of("id", "gross"))));
        caches.put(
                "sign",
                Map.of(
                        "table",
                        "public.item",
                        "key",
                        "sign:{shelf}",
                        "on-change",
                        "refresh",
                        "query",
                        "SELECT json_build_object('label', label) FROM label WHERE shelf = :shelf"));
        return caches;
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void everyKindOfChangeTakesItsKeysForTheRoleOfLeastRights(int major, @TempDir Path directory) throws Exception {
        Path jar = Path.of(System.getProperty("freshet.postgres.versions"), major + ".jar");
        try (EmbeddedStack stack =
                        EmbeddedStack.builder().postgres().postgresFrom(jar).start();
                Site site = Site.create(stack.postgres(), "v" + major, SCHEMA)) {
            assertThat(site.text("SHOW server_version")).startsWith(major + ".");
            if (major >= 18) {
                site.execute("ALTER TABLE coded ADD COLUMN twice int GENERATED ALWAYS AS (id * 2) VIRTUAL");
                refusesVirtualColumnsInOldRows(site, stack.postgres(), directory);
            }
            Path config = site.config(directory, SetUp.login(stack.postgres().jdbcUrl("v" + major)), caches());
            SetUp.byHand(stack.postgres(), "v" + major, config);
            try (Freshet run = Freshet.start(directory, "run", "--config", config.toString())) {
                try {
                    run.awaitReady(Site.PATIENCE);
                    awaitRefreshes(site);
                    play(site, major);
                    hidden(site);
                    crash(site, stack);
                    assertThat(site.rolesOfTheProduct()).isEqualTo(SetUp.ROLE);
                    assertThat(site.text("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles"
                                    + " WHERE rolname = '" + SetUp.ROLE + "'"))
                            .isEqualTo("f");
                    if (major >= 17) {
                        assertThat(site.text("SELECT failover FROM pg_replication_slots"))
                                .isEqualTo("t");
                    }
                } catch (AssertionError | org.awaitility.core.ConditionTimeoutException e) {
                    throw new AssertionError(e.getMessage() + run.lastWords(), e);
                }
            }
        }
    }

    /** PostgreSQL would refuse the application's updates once such a table is published. */
    private static void refusesVirtualColumnsInOldRows(Site site, PostgresServer server, Path directory)
            throws Exception {
        site.execute(
                "CREATE TABLE risky (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)",
                "ALTER TABLE risky REPLICA IDENTITY FULL");
        Path config = site.config(
                Files.createDirectory(directory.resolve("risky")),
                SetUp.login(server.jdbcUrl("v18")),
                Map.of("risky", Map.of("table", "public.risky", "key", "risky:{id}")));
        assertThatThrownBy(() -> SetUp.run(server, "v18", config))
                .hasMessageContaining("exit code 2")
                .hasMessageContaining("virtual generated column");
        assertThat(site.text("SELECT count(*) FROM pg_publication")).isEqualTo("0");
    }

    /** The flush of the first attach refuses what is stored for a window. */
    private static void awaitRefreshes(Site site) {
        await().atMost(Site.PATIENCE)
                .until(() -> site.redis().commands().keys("freshet:pattern:*").stream()
                        .noneMatch(fence -> site.redis().commands().exists(fence) > 0));
    }

    private static void play(Site site, int major) throws SQLException {
        Set<String> all = all();
        site.play(
                all,
                Set.of("item:1", "shelf:a", "gross:10.00"),
                "INSERT INTO item (id, shelf, net) VALUES (1, 'a', 5)");
        await().atMost(Site.PATIENCE).untilAsserted(() -> {
            assertThat(site.redis().commands().get("card:1")).isEqualTo("{\"id\":1,\"gross\":10.00}");
            assertThat(site.redis().commands().get("sign:a")).contains("Atlases");
        });
        site.play(
                all,
                Set.of("item:1", "shelf:a", "shelf:b", "gross:10.00", "gross:12.00"),
                "UPDATE item SET shelf = 'b', net = 6");
        // A value that is stored beside its row, and does not change with it.
        site.execute("UPDATE item SET note = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) i)");
        site.play(all, Set.of("item:1", "item:2", "shelf:b", "gross:12.00"), "UPDATE item SET id = 2");
        site.play(all, Set.of("item:2", "shelf:b", "gross:12.00"), "DELETE FROM item");
        site.play(all, Set.of("coded:x"), "INSERT INTO coded VALUES (1, 'x', 1)");
        site.play(all, Set.of("coded:x", "coded:y"), "UPDATE coded SET code = 'y'");
        site.play(all, Set.of("coded:y"), "DELETE FROM coded");
        site.play(all, Set.of("plain:1", "plain:2"), "INSERT INTO plain VALUES (1), (2)");
        site.play(all, Set.of("plain:2", "plain:3"), "UPDATE plain SET id = 3 WHERE id = 2");
        if (major >= 15) {
            site.play(
                    all,
                    Set.of("plain:1", "plain:2"),
                    "MERGE INTO plain USING (VALUES (1), (2)) AS s (id) ON plain.id = s.id"
                            + " WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)");
        }
        site.play(all, Set.of("event:7", "region:eu"), "INSERT INTO event VALUES (7, 'eu')");
        site.play(all, Set.of("event:7", "region:eu", "region:us"), "UPDATE event SET region = 'us'");
        site.play(all, Set.of("event:8", "region:us"), "INSERT INTO event_us VALUES (8, 'us')");
        site.play(all, ITEMS, "TRUNCATE item");
    }

    /** What the log does not tell: the table's caches go as a whole, and those of others stay. */
    private static void hidden(Site site) throws SQLException {
        for (String sql :
                List.of("TRUNCATE event_us", "ALTER TABLE event DETACH PARTITION event_us", "TRUNCATE event")) {
            site.beat();
            site.fill(all());
            site.execute(sql);
            site.awaitGone(EVENTS);
            assertThat(site.gone(OTHERS)).as(sql).isEmpty();
        }
    }

    private static void crash(Site site, EmbeddedStack stack) throws SQLException {
        stack.postgres().kill();
        stack.postgres().start();
        Set<String> keys = Set.of("item:1", "shelf:a", "gross:10.00");
        site.fill(keys);
        site.execute("INSERT INTO item (id, shelf, net) VALUES (1, 'a', 5)");
        site.awaitGone(keys);
    }

    private static Set<String> all() {
        Set<String> all = new HashSet<>(ITEMS);
        all.addAll(EVENTS);
        all.addAll(OTHERS);
        return all;
    }
}
