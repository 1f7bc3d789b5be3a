package dev.freshet.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.EmbeddedStack;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the server and the role lack gets an error with the SQL that mends it, which is run as it was printed. */
class SourceChecksIT {

    private static final Set<Part> SOURCE = Set.of(Part.TABLES, Part.CAPTURE, Part.PUBLICATION);
    private static final String CACHES = "b: { table: public.books, key: \"b:{id}\" }\n";
    private static final String BOOKS = "CREATE TABLE books (id bigint PRIMARY KEY, price int)";

    /** @param sql makes what is wrong; {@code $me} stands for the name of database, role and pipeline */
    private record Wrong(String name, String sql, String path, String message, int mends) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Wrong> wrong() {
        String publish = "CREATE PUBLICATION $me FOR TABLE books WITH (publish_via_partition_root = true)";
        return Stream.of(
                new Wrong(
                        "role without replication",
                        publish + "; ALTER ROLE $me NOREPLICATION",
                        "postgres.user",
                        "may not replicate",
                        1),
                new Wrong(
                        "publication that the role may not make",
                        "",
                        "pipeline",
                        "does not exist, and role '$me' may not make it",
                        1),
                new Wrong(
                        "publication that the role may not make, as it does not own the table",
                        "GRANT CREATE ON DATABASE $me TO $me",
                        "pipeline",
                        "may not make it",
                        1),
                new Wrong(
                        "publication that lacks a table",
                        "CREATE TABLE other (id int PRIMARY KEY); CREATE PUBLICATION $me FOR TABLE other"
                                + " WITH (publish_via_partition_root = true)",
                        "pipeline",
                        "lacks 'public.books', and role '$me' may not add to it",
                        1),
                new Wrong(
                        "publication that leaves out operations",
                        "CREATE PUBLICATION $me FOR TABLE books WITH (publish = 'insert',"
                                + " publish_via_partition_root = true)",
                        "pipeline",
                        "leaves out operations, or publishes partitions under their own names",
                        1),
                new Wrong(
                        "publication of partitions",
                        "CREATE PUBLICATION $me FOR TABLE books",
                        "pipeline",
                        "leaves out operations, or publishes partitions under their own names",
                        1),
                new Wrong(
                        "publication with a row filter",
                        "CREATE PUBLICATION $me FOR TABLE books WHERE (id > 5) WITH (publish_via_partition_root = true)",
                        "pipeline",
                        "publishes only some rows or columns of 'public.books'",
                        2),
                new Wrong(
                        "publication with a column list",
                        "CREATE PUBLICATION $me FOR TABLE books (id) WITH (publish_via_partition_root = true)",
                        "pipeline",
                        "publishes only some rows or columns of 'public.books'",
                        2),
                new Wrong(
                        "enum without labels",
                        publish + "; CREATE TYPE empty AS ENUM ()",
                        "postgres.url",
                        "type empty is an enum without labels",
                        1),
                new Wrong(
                        "slot of something else",
                        publish + "; SELECT pg_create_physical_replication_slot('$me')",
                        "pipeline",
                        "belongs to something else (plugin none, as a physical slot",
                        1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatIsMissingIsNamedWithItsMend(Wrong wrong) {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(BOOKS, wrong.sql().replace("$me", database.name()));
            ConfigFile file = ConfigFile.parse(database.yaml(CACHES), Map.of());

            CheckReport report = Checks.run(file, SOURCE);

            assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
            Finding found = assertThat(report.findings())
                    .as("%s", report)
                    .singleElement()
                    .actual();
            assertThat(found.place().path()).isEqualTo(wrong.path());
            assertThat(found.place().message()).contains(wrong.message().replace("$me", database.name()));
            assertThat(found.sql()).hasSize(wrong.mends());
            assertThat(Checks.run(file, SOURCE)).as("looking changes nothing").isEqualTo(report);

            database.run(found.sql());
            assertThat(Checks.run(file, SOURCE).findings()).as("mended").isEmpty();
        }
    }

    @Test
    void aDomainOverAnEnumIsNamedBeforeDebeziumFailsAtIt() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(
                    BOOKS,
                    "CREATE PUBLICATION " + database.name()
                            + " FOR TABLE books WITH (publish_via_partition_root = true)",
                    "CREATE TYPE mood AS ENUM ('calm')",
                    "CREATE DOMAIN temper AS mood");

            CheckReport report = Checks.run(ConfigFile.parse(database.yaml(CACHES), Map.of()), SOURCE);

            assertThat(report.exitCode()).isEqualTo(2);
            assertThat(report.findings())
                    .singleElement()
                    .satisfies(found -> assertThat(found.place().message())
                            .contains("type temper is a domain over an enum, at which Debezium 3.6 fails"));
        }
    }

    @Test
    void aRoleThatOwnsItsTablesNeedsNoAdministrator() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(
                    BOOKS,
                    "ALTER TABLE books OWNER TO " + database.name(),
                    "GRANT CREATE ON DATABASE " + database.name() + " TO " + database.name());

            assertThat(Checks.run(ConfigFile.parse(database.yaml(CACHES), Map.of()), SOURCE)
                            .findings())
                    .isEmpty();
            assertThat(database.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
            assertThat(database.ask(
                            "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void whatTheServerMustBeRestartedForIsMendedByItsSettings() {
        try (EmbeddedStack stack = EmbeddedStack.builder()
                        .postgres(Map.of("wal_level", "replica", "max_replication_slots", "1", "max_wal_senders", "0"))
                        .start();
                TestDatabase database = TestDatabase.create(stack.postgres())) {
            database.run(
                    BOOKS,
                    "SELECT pg_create_physical_replication_slot('taken')",
                    "CREATE PUBLICATION " + database.name()
                            + " FOR TABLE books WITH (publish_via_partition_root = true)");
            ConfigFile file = ConfigFile.parse(database.yaml(CACHES), Map.of());

            CheckReport report = Checks.run(file, SOURCE);

            assertThat(report.findings())
                    .extracting(finding -> finding.place().toString())
                    .satisfiesExactlyInAnyOrder(
                            place -> assertThat(place).contains("postgres.url: the server's wal_level is replica"),
                            place -> assertThat(place).contains("postgres.url: all 0 WAL senders"),
                            place -> assertThat(place).contains("pipeline: all 1 replication slots"));
            report.findings().forEach(finding -> database.run(finding.sql()));
            stack.postgres().stop();
            stack.postgres().start();
            assertThat(Checks.run(file, SOURCE).findings()).as("mended").isEmpty();
        }
    }

    @Test
    void aServerThatIsAwayIsNoMistakeOfTheFile() {
        ConfigFile file = ConfigFile.parse(yaml("jdbc:postgresql://127.0.0.1:1/shop", "me"), Map.of());

        CheckReport report = Checks.run(file, SOURCE);

        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.UNREACHABLE);
            assertThat(finding.place().path()).isEqualTo("postgres.url");
            assertThat(finding.place().message()).contains("PostgreSQL cannot be reached");
        });
    }

    @Test
    void aMistakeOutranksAServerThatIsAway() {
        ConfigFile file = ConfigFile.parse(
                yaml("jdbc:postgresql://127.0.0.1:1/shop", "me")
                        .replace("redis://localhost:1\"", "rediss://localhost:1\", tls: { ca: /nowhere/ca.crt }"),
                Map.of());

        assertThat(Checks.run(file, Set.of(Part.TABLES, Part.REDIS)).exitCode()).isEqualTo(2);
    }

    @Test
    void aWrongPasswordUserOrDatabaseIsAMistakeOfTheFile() {
        try (TestDatabase database = TestDatabase.create()) {
            String right = database.yaml(CACHES);
            List<String[]> wrong = List.of(
                    new String[] {right.replace("password: secret", "password: hidden"), "postgres.user"},
                    new String[] {right.replace("user: " + database.name(), "user: nobody"), "postgres.user"},
                    new String[] {right.replace("/" + database.name() + "\"", "/nowhere\""), "postgres.url"},
                    new String[] {
                        right.replace("password: secret", "password: secret, properties: { sslmode: sometimes }"),
                        "postgres.url"
                    });

            for (String[] each : wrong) {
                CheckReport report = Checks.run(ConfigFile.parse(each[0], Map.of()), SOURCE);

                assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
                assertThat(report.findings()).singleElement().satisfies(finding -> {
                    assertThat(finding.place().path()).isEqualTo(each[1]);
                    assertThat(finding.place().message())
                            .doesNotContain("hidden")
                            .doesNotContain("secret");
                });
            }
        }
    }

    @Test
    void aSlotInUseIsNoted() throws Exception {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(
                    BOOKS,
                    "CREATE PUBLICATION " + database.name()
                            + " FOR TABLE books WITH (publish_via_partition_root = true)",
                    "SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
            java.util.Properties properties = new java.util.Properties();
            properties.putAll(Map.of(
                    "user",
                    database.name(),
                    "password",
                    "secret",
                    "replication",
                    "database",
                    "preferQueryMode",
                    "simple",
                    "assumeMinServerVersion",
                    "14"));
            try (java.sql.Connection holder = java.sql.DriverManager.getConnection(
                            database.server().jdbcUrl(database.name()), properties);
                    org.postgresql.replication.PGReplicationStream stream = holder.unwrap(
                                    org.postgresql.PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName(database.name())
                            .withSlotOption("proto_version", "1")
                            .withSlotOption("publication_names", database.name())
                            .start()) {
                CheckReport report = Checks.run(ConfigFile.parse(database.yaml(CACHES), Map.of()), SOURCE);

                assertThat(stream.isClosed()).isFalse();
                assertThat(report.passed()).isTrue();
                assertThat(report.findings())
                        .singleElement()
                        .satisfies(
                                finding -> assertThat(finding.place().message()).contains("stands by and takes over"));
            }
        }
    }

    private static String yaml(String url, String user) {
        return """
                pipeline: shop
                postgres: { url: "%s", user: %s }
                redis: { url: "redis://localhost:1" }
                caches:
                """.formatted(url, user) + CACHES.indent(2);
    }
}
