package dev.freshet.system.odd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.system.process.Freshet;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are altered while their changes are captured and applied. */
class SchemaChangeIT {

    @TempDir
    private static Path directory;

    private static Source source;
    private static Freshet run;

    @BeforeAll
    static void start() throws SQLException {
        source = new Source(
                "schema_change",
                "CREATE TABLE grown (id int PRIMARY KEY, shelf int, note text)",
                "CREATE TABLE lost (id int PRIMARY KEY, shelf int)",
                "CREATE TABLE healthy (id int PRIMARY KEY)",
                "CREATE TABLE retyped (id int PRIMARY KEY, shelf int, at timestamp(3))",
                "CREATE TABLE narrowed (id int PRIMARY KEY, shelf int)",
                "CREATE TABLE again (id int PRIMARY KEY, shelf int)",
                "CREATE TABLE fresh (id int PRIMARY KEY, shelf int)",
                "INSERT INTO grown VALUES (1, 1, 'n')",
                "INSERT INTO lost VALUES (1, 1), (2, 2)",
                "INSERT INTO healthy VALUES (1), (2)",
                "INSERT INTO retyped VALUES (1, 1, '2024-01-02 03:04:05.678')",
                "INSERT INTO narrowed VALUES (1, 1), (2, 2), (3, 3)",
                "INSERT INTO again VALUES (1, 1)",
                "INSERT INTO fresh VALUES (1, 1)");
        for (String table : new String[] {"grown", "lost", "healthy", "retyped", "narrowed", "again", "fresh"}) {
            source.execute("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
        }
        run = begin(caches());
    }

    private static Map<String, Object> caches() {
        Map<String, Object> caches = new LinkedHashMap<>();
        caches.put("grown", Map.of("table", "public.grown", "key", "grown:{shelf}"));
        caches.put("lost", Map.of("table", "public.lost", "key", "lost:{shelf}"));
        caches.put("healthy", Map.of("table", "public.healthy", "key", "healthy:{id}"));
        caches.put("retyped", Map.of("table", "public.retyped", "key", "retyped:{shelf}"));
        caches.put("retyped-at", Map.of("table", "public.retyped", "key", "at:{at}"));
        caches.put("narrowed", Map.of("table", "public.narrowed", "key", "narrowed:{shelf}"));
        caches.put("again", Map.of("table", "public.again", "key", "again:{shelf}"));
        return caches;
    }

    private static Freshet begin(Map<String, ?> caches) {
        return Freshet.start(
                        directory,
                        "run",
                        "--config",
                        source.config(directory, caches).toString())
                .awaitReady(Source.PATIENCE);
    }

    @AfterAll
    static void end() throws SQLException {
        run.close();
        source.close();
    }

    @Test
    void columnsThatNoCacheNamesComeAndGo() throws SQLException {
        source.change("UPDATE grown SET shelf = 2", "grown:1", "grown:2");
        source.execute("ALTER TABLE grown ADD COLUMN extra int DEFAULT 5");
        source.change("UPDATE grown SET shelf = 3", "grown:2", "grown:3");
        source.execute("ALTER TABLE grown RENAME COLUMN note TO remark");
        source.change("UPDATE grown SET shelf = 4", "grown:3", "grown:4");
        source.execute("ALTER TABLE grown DROP COLUMN remark", "ALTER TABLE grown DROP COLUMN extra");
        source.change("UPDATE grown SET shelf = 5", "grown:4", "grown:5");
        assertThat(run.isAlive()).isTrue();
        assertThat(Source.errorsOf(run, "public.grown").stream().filter(line -> line.contains("WARN")))
                .describedAs("what was parked or flushed")
                .isEmpty();
    }

    @Test
    void aRenamedKeyColumnIsNamedWithItsCacheAndNothingStaysStale() throws SQLException {
        source.change("UPDATE lost SET shelf = 3 WHERE id = 1", "lost:1", "lost:3");
        source.execute("ALTER TABLE lost RENAME COLUMN shelf TO place");
        source.change("UPDATE lost SET place = 4 WHERE id = 1", "lost:3", "lost:4");
        await().atMost(Source.PATIENCE).untilAsserted(() -> {
            source.execute("UPDATE lost SET place = place + 1");
            assertThat(Source.errorsOf(
                            run, "cache lost names the column shelf, which public.lost does not have any more"))
                    .isNotEmpty();
        });
        source.change("DELETE FROM lost WHERE id = 2", "lost:99");
        source.fill("lost:7");
        source.change("DELETE FROM healthy WHERE id = 2", "healthy:2");
        assertThat(source.stands("lost:7"))
                .describedAs("a change of another table")
                .isTrue();

        run.close();
        Map<String, Object> mended = caches();
        mended.put("lost", Map.of("table", "public.lost", "key", "lost:{place}"));
        mended.put("fresh", Map.of("table", "public.fresh", "key", "fresh:{shelf}"));
        source.fill("lost:7", "fresh:1", "fresh:77");
        run = begin(mended);
        assertThat(source.stands("lost:7"))
                .describedAs("the mapping was another")
                .isFalse();
        assertThat(source.stands("fresh:77")).describedAs("the mapping is new").isFalse();
        String now = source.text("SELECT place FROM lost");
        source.change("UPDATE lost SET place = 50", "lost:" + now, "lost:50");
        source.change("UPDATE fresh SET shelf = 2", "fresh:1", "fresh:2");
        assertThat(Source.errorsOf(run, "does not have any more")).isEmpty();
    }

    @Test
    void aRetypedColumnLeavesNoStaleKey() throws SQLException {
        source.change("UPDATE retyped SET shelf = 2", "retyped:1", "retyped:2", "at:2024-01-02 03:04:05.678");
        source.execute("ALTER TABLE retyped ALTER COLUMN at TYPE timestamp(6)");
        source.change(
                "UPDATE retyped SET at = '2025-01-02 03:04:05.678901'",
                "retyped:2",
                "at:2024-01-02 03:04:05.678",
                "at:2025-01-02 03:04:05.678901");
        source.execute("ALTER TABLE retyped ALTER COLUMN shelf TYPE text USING 'no ' || shelf");
        source.change("UPDATE retyped SET shelf = 'no 3'", "retyped:no 2", "retyped:no 3");
        await().atMost(Source.PATIENCE).untilAsserted(() -> {
            source.fill("retyped:foreign", "retyped:no 3", "retyped:no 4");
            source.execute("UPDATE retyped SET shelf = 'no 4'", "UPDATE retyped SET shelf = 'no 3'");
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> !source.stands("retyped:no 3") && !source.stands("retyped:no 4"));
            assertThat(source.stands("retyped:foreign"))
                    .describedAs("exact again")
                    .isTrue();
        });
    }

    @Test
    void aNarrowedReplicaIdentityLeavesNoStaleKey() throws SQLException {
        source.change("UPDATE narrowed SET shelf = 11 WHERE id = 1", "narrowed:1", "narrowed:11");
        source.execute("ALTER TABLE narrowed REPLICA IDENTITY DEFAULT");
        source.change("DELETE FROM narrowed WHERE id = 2", "narrowed:2");
        source.change("UPDATE narrowed SET shelf = 33 WHERE id = 3", "narrowed:3", "narrowed:33");
        source.execute("ALTER TABLE narrowed REPLICA IDENTITY FULL");
        source.change("DELETE FROM narrowed WHERE id = 1", "narrowed:11");
    }

    /** Its second life is another table to PostgreSQL: no part of the publication until it is added. */
    @Test
    void aTableThatIsDroppedAndCreatedAgainLeavesNoStaleKey() throws SQLException {
        source.change("UPDATE again SET shelf = 2", "again:1", "again:2");
        source.fill("again:2", "again:9");
        source.execute(
                "DROP TABLE again",
                "CREATE TABLE again (id int PRIMARY KEY, shelf int)",
                "ALTER TABLE again REPLICA IDENTITY FULL");
        source.awaitGone("again:2", "again:9");
        // The role may not publish it: an administrator does.
        source.config(directory, caches());
        source.execute("INSERT INTO again VALUES (1, 5)");
        await().atMost(Source.PATIENCE).untilAsserted(() -> {
            source.fill("again:5", "again:6");
            source.execute("UPDATE again SET shelf = 6", "UPDATE again SET shelf = 5");
            await().atMost(Duration.ofSeconds(5)).until(() -> !source.stands("again:5") && !source.stands("again:6"));
        });
    }
}
