package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Checks;
import dev.freshet.cli.check.Part;
import dev.freshet.cli.check.TestDatabase;
import dev.freshet.model.config.ConfigFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupIT {

    private static final String CACHES = "b: { table: public.books, key: \"b:{id}\" }\n";
    private static final Set<Part> SOURCE = Set.of(Part.TABLES, Part.CAPTURE, Part.PUBLICATION);

    @TempDir
    private Path directory = Path.of("");

    private final TestDatabase database = TestDatabase.create();
    private String file = "";

    @BeforeEach
    void layOut() {
        database.run("DROP ROLE " + database.name(), "CREATE TABLE books (id bigint PRIMARY KEY, author_id int)");
        file = CommandRun.file(directory, database.yaml(CACHES)).toString();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theAdministratorMakesEverythingAndASecondTimeNothing() {
        CommandRun first = CommandRun.of(admin(), "setup", "--config", file);
        CommandRun second = CommandRun.of(admin(), "setup", "--config", file);

        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out())
                .contains("CREATE ROLE", "GRANT SELECT", "CREATE PUBLICATION", "pg_create_logical_replication_slot")
                .doesNotContain("secret");
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(second.out()).doesNotContain("CREATE");
        // The role signs in with the file's password, and has all that it needs.
        assertThat(Checks.run(ConfigFile.parse(database.yaml(CACHES), Map.of()), SOURCE)
                        .findings())
                .isEmpty();
    }

    @Test
    void aTableThatIsMappedLaterIsAdded() {
        CommandRun.of(admin(), "setup", "--config", file);
        database.run("CREATE TABLE more (id int PRIMARY KEY)");
        file = CommandRun.file(directory, database.yaml(CACHES + "m: { table: public.more, key: \"m:{id}\" }\n"))
                .toString();

        CommandRun run = CommandRun.of(admin(), "setup", "--config", file);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("ADD TABLE \"public\".\"more\"");
    }

    @Test
    void teardownRemovesAllOfIt() {
        CommandRun.of(admin(), "setup", "--config", file);

        CommandRun run = CommandRun.of(admin(), "teardown", "--config", file);
        CommandRun again = CommandRun.of(admin(), "teardown", "--config", file);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("pg_drop_replication_slot", "DROP PUBLICATION", "DROP ROLE");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(database.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
        assertThat(database.ask("SELECT count(*) FROM pg_roles WHERE rolname = '" + database.name() + "'"))
                .isEqualTo("0");
        assertThat(database.ask("SELECT count(*) FROM pg_replication_slots WHERE database = '" + database.name() + "'"))
                .isEqualTo("0");
    }

    @Test
    void teardownLeavesASlotOfSomethingElse() {
        database.run("SELECT pg_create_physical_replication_slot('" + database.name() + "')");

        CommandRun run = CommandRun.of(admin(), "teardown", "--config", file);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(database.ask(
                        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'"))
                .isEqualTo("1");
    }

    @Test
    void whatIsPrintedCanBeRunAsItStands() {
        file = CommandRun.file(directory, database.yaml("b: { table: public.books, key: \"b:{author_id}\" }\n"))
                .toString();

        CommandRun run = CommandRun.of(admin(), "setup", "--print", "--config", file);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("-- ALTER SYSTEM SET max_slot_wal_keep_size = '20480MB';")
                .contains(
                        Integer.parseInt(database.ask("SHOW server_version_num")) >= 170000
                                ? "sync_replication_slots"
                                : "max_slot");
        assertThat(database.ask("SELECT count(*) FROM pg_publication"))
                .as("only printed")
                .isEqualTo("0");
        run.out().lines().filter(line -> !line.startsWith("--")).forEach(database::run);
        database.run("ALTER ROLE " + database.name() + " PASSWORD 'secret'");
        assertThat(Checks.run(
                                ConfigFile.parse(
                                        database.yaml("b: { table: public.books, key: \"b:{author_id}\" }\n"),
                                        Map.of()),
                                SOURCE)
                        .findings())
                .isEmpty();
    }

    @Test
    void whatAQueryNamesMayBeReadAndNothingElse() {
        database.run(
                "CREATE SCHEMA people",
                "CREATE TABLE people.author (id int, name text)",
                "CREATE TABLE people.hidden (id int)",
                "CREATE VIEW people.secret AS SELECT id FROM people.hidden");
        file = CommandRun.file(
                        directory,
                        database.yaml(
                                "b: { table: public.books, key: \"b:{id}\", on-change: refresh, query: \"select a.name,"
                                        + " a.name from people.author a join people.secret using (id) join books b on"
                                        + " b.author_id = a.id where b.id = :id;\" }\n"))
                .toString();

        CommandRun printed = CommandRun.of(admin(), "setup", "--print", "--config", file);
        CommandRun run = CommandRun.of(admin(), "setup", "--config", file);

        for (CommandRun one : java.util.List.of(printed, run)) {
            assertThat(one.code()).as(one.err()).isZero();
            assertThat(one.out())
                    .contains(
                            "GRANT USAGE ON SCHEMA \"people\"", "ON \"people\".\"author\"", "ON \"people\".\"secret\"")
                    .doesNotContain("hidden");
        }
        assertThat(Checks.run(ConfigFile.parse(Path.of(file), Map.of()), SOURCE).findings())
                .isEmpty();
        assertThat(CommandRun.of(admin(), "teardown", "--config", file).code()).isZero();
        assertThat(database.ask("SELECT count(*) FROM pg_roles WHERE rolname = '" + database.name() + "'"))
                .isEqualTo("0");
    }

    @Test
    void aTableThatMayNotBePublishedYetStopsTheSetup() {
        database.run("CREATE TABLE nokey (id int)");
        file = CommandRun.file(directory, database.yaml("n: { table: public.nokey, key: \"n:{id}\" }\n"))
                .toString();

        CommandRun run = CommandRun.of(admin(), "setup", "--config", file);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("ALTER TABLE \"public\".\"nokey\" REPLICA IDENTITY FULL;", "nothing was set up");
        assertThat(database.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
        assertThat(database.ask("SELECT count(*) FROM pg_roles WHERE rolname = '" + database.name() + "'"))
                .isEqualTo("0");
    }

    @Test
    void aRoleThatMayNotIsToldWhoMay() {
        database.run("CREATE ROLE " + database.name() + " LOGIN REPLICATION PASSWORD 'secret'");

        CommandRun run = CommandRun.of(Map.of(), "setup", "--config", file);

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("--admin-url", "freshet setup --print");
    }

    private Map<String, String> admin() {
        return Map.of(
                "FRESHET_ADMIN_URL",
                database.server().jdbcUrl(database.name()) + "?user="
                        + database.server().user() + "&password="
                        + database.server().password());
    }
}
