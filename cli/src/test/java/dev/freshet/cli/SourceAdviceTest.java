package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceAdviceTest {

    private static final PostgresConfig CONFIG =
            new PostgresConfig("jdbc:postgresql://db/shop", "freshet", new Secret("s3cret"), 10L << 30, Map.of());

    private static String advice(int major, Optional<Long> keepSize) {
        return String.join("\n", SourceAdvice.lines(major, keepSize, CONFIG));
    }

    @Test
    void aServerWithoutABoundIsGivenOneAboveTheListenersOwn() {
        assertThat(advice(16, Optional.empty()))
                .contains("ALTER SYSTEM SET max_slot_wal_keep_size = '20480MB';")
                .doesNotContain("standby");
    }

    @Test
    void aBoundBelowTheListenersOwnIsToldAndOneAboveIsFine() {
        assertThat(advice(16, Optional.of(1024L))).contains("1024MB").doesNotContain("ALTER SYSTEM");
        assertThat(advice(16, Optional.of(10240L))).isEmpty();
    }

    @Test
    void from17OnStandbysCanKeepTheSlot() {
        assertThat(advice(17, Optional.of(10240L)))
                .contains("sync_replication_slots", "hot_standby_feedback", "primary_slot_name");
    }

    @Test
    void everyLineIsAComment() {
        assertThat(SourceAdvice.lines(18, Optional.empty(), CONFIG)).allMatch(line -> line.startsWith("-- "));
    }
}
