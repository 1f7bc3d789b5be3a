package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The three servers without a data directory. */
@TestInstance(Lifecycle.PER_CLASS)
final class EphemeralStackIT {

    private static final Logger log = LoggerFactory.getLogger(EphemeralStackIT.class);

    private final EmbeddedStack stack = EmbeddedStack.builder()
            .postgres(Map.of("synchronous_commit", "off"))
            .redis(List.of("--maxmemory", "64mb"))
            .kafka(Map.of("num.partitions", "3"))
            .start();

    @BeforeAll
    void report() {
        log.info(
                "postgres {}, redis {}, kafka {}",
                stack.postgres().pid(),
                stack.redis().pid(),
                stack.kafka().pid());
    }

    @AfterAll
    void end() {
        stack.close();
    }

    @Test
    void postgresIsReadyForLogicalDecoding() throws SQLException {
        assertThat(Clients.query(stack.postgres(), "show wal_level")).isEqualTo("logical");
        assertThat(Clients.query(stack.postgres(), "show max_replication_slots"))
                .isEqualTo("10");
        assertThat(Clients.query(stack.postgres(), "show fsync")).isEqualTo("off");
        assertThat(Clients.query(stack.postgres(), "show server_version")).startsWith("17.");
    }

    @Test
    void settingsOfTheBuilderOutrankTheStacksOwn() throws Exception {
        assertThat(Clients.query(stack.postgres(), "show synchronous_commit")).isEqualTo("off");
        assertThat(Clients.redis(stack.redis(), "CONFIG GET maxmemory")).contains("67108864");
        assertThat(Clients.kafkaSetting(stack.kafka(), "num.partitions")).isEqualTo("3");
    }
}
