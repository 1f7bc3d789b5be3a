package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlRecordTest {

    @Test
    void aHeartbeatReadsBackToTheMicrosecond() {
        ControlRecord heartbeat = new ControlRecord.Heartbeat(
                LogPosition.parse("7301234567890123456:2:16/B374D848"),
                Instant.parse("2024-01-02T03:04:05.678901Z"),
                Map.of("shop.public.books", List.of(1L, 0L, 1L << 40)));
        assertThat(ControlRecord.parse(heartbeat.toJson())).isEqualTo(heartbeat);
        assertThat(new String(heartbeat.toJson(), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"heartbeat\",\"system\":\"7301234567890123456\",\"timeline\":2,"
                        + "\"lsn\":\"16/B374D848\",\"source_ts_us\":1704164645678901,"
                        + "\"end_offsets\":{\"shop.public.books\":[1,0,1099511627776]}}");
    }

    @Test
    void aGapReadsBack() {
        ControlRecord gap = new ControlRecord.Gap(
                "the slot \"shop\" is gone", Lsn.parse("0/10"), 3, Instant.parse("1969-12-31T23:59:59.999999Z"));
        assertThat(ControlRecord.parse(gap.toJson())).isEqualTo(gap);
    }

    @Test
    void aGapOfSomeTablesReadsBack() {
        TableId books = new TableId("public", "books");
        TableId odd = new TableId("Sales", "Order.Items \"x\"");
        ControlRecord.Gap gap =
                new ControlRecord.Gap("rewritten", Set.of(books, odd), Lsn.parse("0/10"), 3, Instant.EPOCH);
        assertThat(ControlRecord.parse(gap.toJson())).isEqualTo(gap);
        assertThat(new String(gap.toJson(), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"gap\",\"reason\":\"rewritten\",\"tables\":[\"Sales.Order.Items \\\"x\\\"\","
                        + "\"public.books\"],\"lsn\":\"0/10\",\"epoch\":3,\"found_ts_us\":0}");
        assertThat(gap.concerns(books)).isTrue();
        assertThat(gap.concerns(new TableId("public", "authors"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"tables\":[],"})
    void aGapThatNamesNoTableConcernsAll(String tables) {
        String json = "{\"type\":\"gap\",\"reason\":\"r\"," + tables + "\"lsn\":\"0/1\",\"epoch\":1,\"found_ts_us\":1}";
        ControlRecord.Gap gap = (ControlRecord.Gap) ControlRecord.parse(json.getBytes(StandardCharsets.UTF_8));
        assertThat(gap.tables()).isEmpty();
        assertThat(gap.concerns(new TableId("public", "books"))).isTrue();
        assertThat(gap).isEqualTo(new ControlRecord.Gap("r", Lsn.parse("0/1"), 1, Instant.EPOCH.plusNanos(1000)));
        assertThat(new String(gap.toJson(), StandardCharsets.UTF_8)).doesNotContain("tables");
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
                "{\"type\":\"heartbeat\",\"timeline\":1,\"lsn\":\"0/1\",\"source_ts_us\":1,\"end_offsets\":{}}",
                "{\"type\":\"heartbeat\",\"system\":\"7\",\"lsn\":\"0/1\",\"source_ts_us\":1,\"end_offsets\":{}}",
                "{\"type\":\"heartbeat\",\"system\":\"7\",\"timeline\":1,\"lsn\":\"0/1\",\"source_ts_us\":1}",
                "{\"type\":\"heartbeat\",\"system\":\"7\",\"timeline\":1,\"lsn\":\"0/1\",\"end_offsets\":{}}",
                "{\"type\":\"heartbeat\",\"system\":\"7\",\"timeline\":1,\"lsn\":\"0/1\",\"source_ts_us\":1,\"end_offsets\":{\"t\":[null]}}",
                "{\"type\":\"heartbeat\",\"system\":\"7\",\"timeline\":1,\"lsn\":\"1\",\"source_ts_us\":1,\"end_offsets\":{}}",
                "{\"type\":\"gap\",\"lsn\":\"0/1\",\"found_ts_us\":1}",
                "{\"type\":\"gap\",\"epoch\":1,\"found_ts_us\":1}",
                "{\"type\":\"gap\",\"tables\":null,\"lsn\":\"0/1\",\"epoch\":1,\"found_ts_us\":1}",
                "{\"type\":\"gap\",\"tables\":\"public.books\",\"lsn\":\"0/1\",\"epoch\":1,\"found_ts_us\":1}",
                "{\"type\":\"gap\",\"tables\":[5],\"lsn\":\"0/1\",\"epoch\":1,\"found_ts_us\":1}",
                "{\"type\":\"gap\",\"tables\":[\"books\"],\"lsn\":\"0/1\",\"epoch\":1,\"found_ts_us\":1}",
            })
    void whatIsNoControlRecordIsRefused(String json) {
        assertThatThrownBy(() -> ControlRecord.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
