package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Servers without a data directory. */
@TestInstance(Lifecycle.PER_CLASS)
final class EphemeralStackIT {

    private final EmbeddedStack stack = EmbeddedStack.builder()
            .postgres(Map.of("synchronous_commit", "off"))
            .redis(List.of("--maxmemory", "64mb"))
            .kafka(Map.of("num.partitions", "3"))
            .start();

    @AfterAll
    void end() {
        stack.close();
    }

    @Test
    void postgresIsReadyForLogicalDecoding() throws Exception {
        assertThat(Clients.query(stack.postgres(), "show wal_level")).isEqualTo("logical");
        assertThat(Clients.query(stack.postgres(), "show max_replication_slots"))
                .isEqualTo("10");
        assertThat(Clients.query(stack.postgres(), "show fsync")).isEqualTo("off");
        assertThat(Clients.query(stack.postgres(), "show server_version"))
                .startsWith(System.getProperty("freshet.postgres.major", "17") + ".");
        assertThat(Clients.query(stack.postgres(), "show server_encoding")).isEqualTo("UTF8");
    }

    @Test
    void postgresWantsItsPassword() {
        PostgresServer server = stack.postgres();
        assertThatThrownBy(() -> DriverManager.getConnection(
                        server.jdbcUrl("postgres"), server.user(), "not " + server.password()))
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void kafkaMakesNoTopicUnasked() throws Exception {
        assertThat(Clients.kafkaSetting(stack.kafka(), "auto.create.topics.enable"))
                .isEqualTo("false");
        assertThat(Clients.kafkaSetting(stack.kafka(), "message.max.bytes")).isEqualTo("1048588");
    }

    @Test
    void settingsOfTheBuilderOutrankTheStacksOwn() throws Exception {
        assertThat(Clients.query(stack.postgres(), "show synchronous_commit")).isEqualTo("off");
        assertThat(Clients.redis(stack.redis(), "CONFIG GET maxmemory")).contains("67108864");
        assertThat(Clients.kafkaSetting(stack.kafka(), "num.partitions")).isEqualTo("3");
    }

    @Test
    void nothingListensBeyondLoopback() throws Exception {
        List<InetAddress> beyond = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        for (InetAddress address : beyond) {
            for (int port : List.of(stack.postgres().port(), stack.redis().port(), kafkaPort())) {
                assertThatThrownBy(() -> new Socket(address, port).close()).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void redisKeepsWhatItAcknowledgedThroughAKill() throws Exception {
        RedisServer redis = stack.redis();
        String address = redis.address();
        Clients.redis(redis, "SET k v");
        redis.kill();
        redis.start();
        assertThat(redis.address()).isEqualTo(address);
        assertThat(Clients.redis(redis, "GET k")).contains("v");
    }

    @Test
    @DisabledIfSystemProperty(named = "freshet.stack", matches = "containers", disabledReason = "looks at files")
    void closingLeavesNoProcessAndNoFile() {
        EmbeddedStack brief = EmbeddedStack.builder().postgres().redis().start();
        Path home = home(brief.redis());
        long postgres = brief.postgres().pid();
        long redis = brief.redis().pid();
        assertThat(home).isDirectory();

        brief.close();

        assertThat(home).doesNotExist();
        assertThat(ProcessHandle.of(postgres)).isEmpty();
        assertThat(ProcessHandle.of(redis)).isEmpty();
        assertThatThrownBy(() -> brief.redis()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aServerThatCannotStartSaysWhyAndTakesTheOthersWithIt() {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        assertThatThrownBy(() -> EmbeddedStack.builder()
                        .redis()
                        .postgres(Map.of("shared_preload_libraries", "no_such_library"))
                        .start())
                .isInstanceOf(StackException.class)
                .hasMessageMatching("(?s)postgres ended while starting in .*no_such_library.*"
                        + "|the container of postgres:\\d+ did not start: .*");
        assertThat(ProcessHandle.current().descendants()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void aServerThatWasNotChosenIsNamed() {
        try (EmbeddedStack only = EmbeddedStack.builder().redis().start()) {
            assertThatThrownBy(only::kafka)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("builder().kafka()");
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "freshet.stack", matches = "containers", disabledReason = "looks at files")
    void theSharedStackStartsOnlyWhatIsAskedFor() {
        EmbeddedStack shared = EmbeddedStack.shared();
        RedisServer redis = shared.redis();
        shared.close();

        assertThat(EmbeddedStack.shared().redis().pid()).isEqualTo(redis.pid()).isNotZero();
        assertThat(home(redis).resolve("redis.pid")).exists();
        assertThat(home(redis).resolve("kafka")).doesNotExist();
        assertThat(home(redis).resolve("postgres")).doesNotExist();
    }

    private int kafkaPort() {
        String address = stack.kafka().bootstrapServers();
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    /** From the command line: the program, then its configuration file in the directory redis of the home. */
    private static Path home(RedisServer redis) {
        String command = ProcessHandle.of(redis.pid())
                .flatMap(process -> process.info().arguments())
                .orElseThrow()[0];
        Path home = Path.of(command).resolve("../..").normalize();
        assertThat(Files.isDirectory(home)).isTrue();
        return home;
    }
}
