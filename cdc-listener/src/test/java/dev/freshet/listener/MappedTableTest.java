package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MappedTableTest {

    private static final MappedTable TABLE = table(1, "p", Map.of(1L, 0L, 2L, 2L));

    private static MappedTable table(long oid, String publication, Map<Long, Long> files) {
        return new MappedTable(oid, publication, true, new TreeMap<>(files));
    }

    @Test
    void theFingerprintTellsEveryDifference() {
        assertThat(TABLE.fingerprint())
                .hasSize(16)
                .isEqualTo(table(1, "p", Map.of(2L, 2L, 1L, 0L)).fingerprint())
                .isNotEqualTo(table(3, "p", TABLE.files()).fingerprint())
                .isNotEqualTo(table(1, "q", TABLE.files()).fingerprint())
                .isNotEqualTo(table(1, "p", Map.of(1L, 0L, 2L, 3L)).fingerprint())
                .isNotEqualTo(table(1, "p", Map.of(1L, 0L)).fingerprint())
                .isNotEqualTo(MappedTable.ABSENT.fingerprint());
    }

    @Test
    void onlyWhatIsOtherwiseTheSameHasOnlyGrown() {
        Map<Long, Long> grown = Map.of(1L, 0L, 2L, 2L, 3L, 3L);
        assertThat(table(1, "p", grown).onlyGrownSince(TABLE))
                .hasValueSatisfying(added -> assertThat(added).containsExactly(3L));
        assertThat(table(1, "p", Map.of(1L, 0L, 2L, 5L, 3L, 3L)).onlyGrownSince(TABLE))
                .isEmpty();
        assertThat(table(1, "p", Map.of(1L, 0L, 3L, 3L)).onlyGrownSince(TABLE)).isEmpty();
        assertThat(table(1, "q", grown).onlyGrownSince(TABLE)).isEmpty();
        assertThat(table(9, "p", grown).onlyGrownSince(TABLE)).isEmpty();
        assertThat(MappedTable.ABSENT.onlyGrownSince(MappedTable.ABSENT)).isEmpty();
    }
}
