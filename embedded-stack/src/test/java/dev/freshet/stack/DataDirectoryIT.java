package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The three servers on a data directory, through every way in which they can end. */
@DisabledIfSystemProperty(named = "freshet.stack", matches = "containers", disabledReason = "of child processes")
final class DataDirectoryIT {

    @TempDir
    Path directory;

    private static EmbeddedStack start(Path directory) {
        return EmbeddedStack.builder()
                .postgres()
                .redis()
                .kafka()
                .dataDir(directory)
                .start();
    }

    @Test
    void whatWasAcknowledgedSurvivesKillStopAndANewStack() throws Exception {
        String clusterId;
        String password;
        String addresses;
        try (EmbeddedStack stack = start(directory)) {
            Clients.execute(stack.postgres(), "create table t as select 1 as id");
            Clients.createTopic(stack.kafka(), "t");
            write(stack, "first");
            clusterId = Clients.clusterId(stack.kafka());
            password = stack.postgres().password();
            addresses = addresses(stack);

            for (Server server : servers(stack)) {
                long pid = server.pid();
                server.kill();
                assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
                assertThat(server.pid()).isZero();
                server.start();
                assertThat(server.pid()).isNotZero().isNotEqualTo(pid);
            }
            assertThat(addresses(stack)).isEqualTo(addresses);
            assertThat(contents(stack, 1)).isEqualTo("first | first | first");

            write(stack, "second");
            for (Server server : servers(stack)) {
                server.stop();
                assertThat(server.pid()).isZero();
                server.start();
            }
            assertThat(contents(stack, 2)).isEqualTo("first,second | firstsecond | first,second");
        }

        try (EmbeddedStack stack = start(directory)) {
            assertThat(contents(stack, 2)).isEqualTo("first,second | firstsecond | first,second");
            assertThat(Clients.clusterId(stack.kafka())).isEqualTo(clusterId);
            assertThat(stack.postgres().password()).isEqualTo(password);
            assertThat(addresses(stack)).isEqualTo(addresses);
            assertEverythingGoesToTheDisk(stack);
        }
    }

    @Test
    void aDirectoryServesOneStackAtATime() {
        try (EmbeddedStack stack =
                EmbeddedStack.builder().redis().dataDir(directory).start()) {
            assertThatThrownBy(() ->
                            EmbeddedStack.builder().redis().dataDir(directory).start())
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
            assertThat(stack.redis().pid()).isNotZero();
        }
    }

    @Test
    void aClusterOfAnotherMajorIsNamed() throws Exception {
        try (EmbeddedStack stack =
                EmbeddedStack.builder().postgres().dataDir(directory).start()) {
            stack.postgres().stop();
        }
        Directories.write(directory.resolve("postgres").resolve("data").resolve("PG_VERSION"), "9");
        assertThatThrownBy(() ->
                        EmbeddedStack.builder().postgres().dataDir(directory).start())
                .isInstanceOf(StackException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("PostgreSQL 9");
    }

    private static void assertEverythingGoesToTheDisk(EmbeddedStack stack) throws Exception {
        assertThat(Clients.query(stack.postgres(), "show fsync")).isEqualTo("on");
        assertThat(Clients.query(stack.postgres(), "show full_page_writes")).isEqualTo("on");
        assertThat(Clients.kafkaSetting(stack.kafka(), "log.flush.interval.messages"))
                .isEqualTo("1");
        assertThat(Clients.redis(stack.redis(), "CONFIG GET appendfsync")).contains("always");
    }

    private static void write(EmbeddedStack stack, String value) throws Exception {
        Clients.execute(stack.postgres(), "create table \"" + value + "\" ()");
        Clients.redis(stack.redis(), "APPEND k " + value);
        Clients.send(stack.kafka(), "t", value);
    }

    private static String contents(EmbeddedStack stack, int messages) throws Exception {
        String tables = Clients.query(
                stack.postgres(),
                "select string_agg(tablename, ',' order by tablename) from pg_tables"
                        + " where schemaname = 'public' and tablename <> 't'");
        String key = Clients.redis(stack.redis(), "GET k")
                .lines()
                .skip(1)
                .findFirst()
                .orElse("");
        return tables + " | " + key + " | " + String.join(",", Clients.readAll(stack.kafka(), "t", messages));
    }

    private static Iterable<Server> servers(EmbeddedStack stack) {
        return List.of(stack.postgres(), stack.redis(), stack.kafka());
    }

    private static String addresses(EmbeddedStack stack) {
        return stack.postgres().address()
                + stack.redis().address()
                + stack.kafka().address();
    }
}
