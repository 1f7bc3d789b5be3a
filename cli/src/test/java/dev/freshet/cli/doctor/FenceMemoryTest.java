package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.TableId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FenceMemoryTest {

    @Test
    void fencesAreCountedByCacheChangesAndWindow() {
        Told told = Told.caches("""
                plain: { table: public.a, key: "k:{id}" }
                match: { table: public.a, match: "k:*" }
                unfenced: { table: public.a, key: "u:{id}", safe-fills: false }
                """);

        double bytes = FenceMemory.bytes(told.config(), Map.of(TableId.parse("public.a"), 10.0));

        assertThat(bytes).isEqualTo(10 * 30 * (FenceMemory.FENCE_BYTES + 2 * (2 + 12)));
        assertThat(FenceMemory.bytes(told.config(), Map.of())).isZero();
    }

    @Test
    void aRefreshedKeyIsRememberedForTwiceTheWindow() {
        Told told =
                Told.caches("k: { table: public.a, key: \"k:{id}\", on-change: refresh, value: { columns: [id] } }");

        double bytes = FenceMemory.bytes(told.config(), Map.of(TableId.parse("public.a"), 10.0));

        int name = 2 * (2 + 12);
        assertThat(bytes).isEqualTo(300 * (FenceMemory.FENCE_BYTES + name + 2.0 * (FenceMemory.ENTRY_BYTES + name)));
    }
}
