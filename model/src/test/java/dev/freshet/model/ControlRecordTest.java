package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlRecordTest {

    @Test
    void aHeartbeatReadsBackToTheMicrosecond() {
        ControlRecord heartbeat = new ControlRecord.Heartbeat(
                Lsn.parse("16/B374D848"),
                Instant.parse("2024-01-02T03:04:05.678901Z"),
                Map.of("shop.public.books", List.of(1L, 0L, 1L << 40)));
        assertThat(ControlRecord.parse(heartbeat.toJson())).isEqualTo(heartbeat);
        assertThat(new String(heartbeat.toJson(), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"heartbeat\",\"lsn\":\"16/B374D848\",\"source_ts_us\":1704164645678901,"
                        + "\"end_offsets\":{\"shop.public.books\":[1,0,1099511627776]}}");
    }

    @Test
    void aGapReadsBack() {
        ControlRecord gap = new ControlRecord.Gap(
                "the slot \"shop\" is gone", Lsn.parse("0/10"), 3, Instant.parse("1969-12-31T23:59:59.999999Z"));
        assertThat(ControlRecord.parse(gap.toJson())).isEqualTo(gap);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "5",
                "{",
                "{}",
                "{\"type\":\"other\"}",
                "{\"type\":\"heartbeat\"}",
                "{\"type\":\"heartbeat\",\"lsn\":\"0/1\",\"source_ts_us\":1}",
                "{\"type\":\"heartbeat\",\"lsn\":\"0/1\",\"end_offsets\":{}}",
                "{\"type\":\"heartbeat\",\"lsn\":\"0/1\",\"source_ts_us\":1,\"end_offsets\":{\"t\":[null]}}",
                "{\"type\":\"heartbeat\",\"lsn\":\"1\",\"source_ts_us\":1,\"end_offsets\":{}}",
                "{\"type\":\"gap\",\"lsn\":\"0/1\",\"found_ts_us\":1}",
                "{\"type\":\"gap\",\"epoch\":1,\"found_ts_us\":1}",
            })
    void whatIsNoControlRecordIsRefused(String json) {
        assertThatThrownBy(() -> ControlRecord.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
