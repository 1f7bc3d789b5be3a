package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedisRightsTest {

    @Test
    void theRightsAskedForAreThoseOfWhatIsConfigured() {
        List<List<String>> deleting = RedisRights.of(config(""));
        List<List<String>> storing = RedisRights.of(config(", on-change: refresh, value: { columns: [id] }"));

        assertThat(deleting).contains(List.of("UNLINK", "k:1")).doesNotContain(List.of("SET", "k:1", "v"));
        assertThat(storing).contains(List.of("SET", "k:1", "v")).doesNotHaveDuplicates();
    }

    private static FreshetConfig config(String more) {
        return ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "redis://cache" }
                caches: { k: { table: public.a, key: "k:{id}"%s } }
                """.formatted(more), Map.of()).config();
    }
}
