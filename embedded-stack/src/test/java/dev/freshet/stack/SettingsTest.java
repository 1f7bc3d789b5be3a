package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettingsTest {

    @Test
    void chosenSettingsOutrankTheDefaults() {
        assertThat(Settings.postgres(true, Map.of("wal_level", "minimal"))).containsEntry("wal_level", "minimal");
        assertThat(Settings.kafka(true, Map.of("num.io.threads", "8"))).containsEntry("num.io.threads", "8");
        assertThat(Settings.redis(true, List.of("--appendonly", "no"))).endsWith("--appendonly", "no");
    }

    @Test
    void kafkaFlushesEveryMessageOnlyWithFsync() {
        assertThat(Settings.kafka(true, Map.of())).containsEntry("log.flush.interval.messages", "1");
        assertThat(Settings.kafka(false, Map.of())).doesNotContainKey("log.flush.interval.messages");
    }

    @Test
    void aContainerTakesASettingByAVariable() {
        assertThat(ContainerServers.variable("log.flush.interval.messages"))
                .isEqualTo("KAFKA_LOG_FLUSH_INTERVAL_MESSAGES");
        assertThat(ContainerServers.variable("a_b-c.d")).isEqualTo("KAFKA_A__B___C_D");
    }
}
