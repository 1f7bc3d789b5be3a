package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.model.config.PostgresConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetupIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void aRoleWithoutRightsIsToldTheSqlAndWithItNeedsNoMore() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY, title text)")) {
            PostgresConfig least = servers.postgres("role_" + servers.name(), "secret");
            CaptureSettings settings = servers.settings(least, "public.books");
            SourceSql sql = new SourceSql(settings);
            servers.execute("CREATE ROLE role_" + servers.name() + " LOGIN REPLICATION PASSWORD 'secret'");
            try {
                HeldLog log = new HeldLog(servers.topics().offsets());
                try (Listener listener = new Listener(settings, log)) {
                    SetupRequiredException needed = catchThrowableOfType(SetupRequiredException.class, listener::start);
                    assertThat(needed.sql()).containsExactly(sql.createPublication(servers.version()));
                    servers.execute(needed.sql().toArray(String[]::new));
                }
                servers.execute(sql.grants(servers.name()).toArray(String[]::new));
                try (Listener listener = new Listener(settings, log)) {
                    listener.start();
                    assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                }
            } finally {
                servers.dropSlot();
                servers.execute(sql.teardown(servers.name()).toArray(String[]::new));
            }
            assertThat(servers.text("SELECT count(*) FROM pg_roles WHERE rolname = 'role_" + servers.name() + "'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aTableWithoutReplicaIdentityIsNeverPublished() throws Exception {
        try (TestServers servers = new TestServers(
                "CREATE TABLE books (id bigint PRIMARY KEY)",
                "CREATE TABLE log (line text)",
                "CREATE TABLE parts (id bigint) PARTITION BY LIST (id)",
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1)",
                "CREATE PUBLICATION mine FOR TABLE books")) {
            CaptureSettings all = servers.settings("public.books", "public.log", "public.parts", "public.nowhere");
            CaptureSettings settings =
                    new CaptureSettings(all.postgres(), all.topics(), all.slot(), "mine", all.tables());
            try (Listener listener =
                    new Listener(settings, new HeldLog(servers.topics().offsets()))) {
                SetupRequiredException needed = catchThrowableOfType(SetupRequiredException.class, listener::start);
                assertThat(needed.sql())
                        .containsExactly(
                                "ALTER TABLE \"public\".\"log\" REPLICA IDENTITY FULL;",
                                "ALTER TABLE \"public\".\"parts_1\" REPLICA IDENTITY FULL;");
                assertThat(needed.problems()).hasSize(3).anyMatch(problem -> problem.contains("nowhere"));
            }
            assertThat(servers.text("SELECT count(*) FROM pg_publication_tables WHERE pubname = 'mine'"))
                    .isEqualTo("1");
            servers.execute("INSERT INTO log VALUES ('a')", "UPDATE log SET line = 'b'");
        }
    }

    @Test
    void aTableMappedLaterIsAddedToThePublication() throws Exception {
        try (TestServers servers =
                new TestServers("CREATE TABLE a (id bigint PRIMARY KEY)", "CREATE TABLE b (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            for (List<String> tables : List.of(List.of("public.a"), List.of("public.a", "public.b"))) {
                try (Listener listener = new Listener(servers.settings(tables.toArray(String[]::new)), log)) {
                    listener.start();
                    assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                }
            }
            assertThat(servers.text("SELECT string_agg(tablename, ',' ORDER BY 1) FROM pg_publication_tables"
                            + " WHERE pubname = '" + servers.name() + "'"))
                    .isEqualTo("a,b");
        }
    }

    @Test
    void aSlotOfAnotherPluginIsLeftAlone() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE a (id bigint PRIMARY KEY)")) {
            servers.execute("SELECT pg_create_logical_replication_slot('" + servers.name() + "', 'test_decoding')");
            try (Listener listener = new Listener(
                    servers.settings("public.a"), new HeldLog(servers.topics().offsets()))) {
                assertThatThrownBy(listener::start)
                        .isInstanceOf(SetupRequiredException.class)
                        .hasMessageContaining("test_decoding");
            }
        }
    }

    @Test
    void anUnreachableServerIsNamed() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE a (id bigint PRIMARY KEY)")) {
            PostgresConfig nowhere = new PostgresConfig(
                    "jdbc:postgresql://127.0.0.1:1/x",
                    "u",
                    new dev.freshet.model.config.Secret("p4ss"),
                    1,
                    java.util.Map.of());
            try (Listener listener = new Listener(
                    servers.settings(nowhere, "public.a"),
                    new HeldLog(servers.topics().offsets()))) {
                assertThatThrownBy(listener::start)
                        .isInstanceOf(ListenerException.class)
                        .hasMessageContaining("127.0.0.1:1")
                        .hasMessageNotContaining("p4ss");
            }
        }
    }
}
