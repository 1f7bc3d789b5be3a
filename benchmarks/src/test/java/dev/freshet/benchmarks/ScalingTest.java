package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.benchmarks.Scaling.Case;
import dev.freshet.model.config.ConfigFile;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ScalingTest {

    static java.util.List<Case> cases() {
        return Case.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseIsAConfigurationWithItsCaches(Case one) {
        String text = """
                pipeline: scale
                postgres: { url: "jdbc:postgresql://localhost/x", user: u, password: p }
                redis: { url: "redis://localhost" }
                caches:
                """ + one.caches();

        assertThat(ConfigFile.parse(text, Map.of()).config().caches())
                .hasSize(one.tables() * (one.keys() + one.idle()));
    }
}
