package dev.freshet.system.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.system.dashboards.Expression.Selector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A reading that saw too little would let anything pass. */
class ExpressionTest {

    @Test
    void metricsAndLabelsAreRead() {
        Expression read = Expression.of(
                "histogram_quantile(0.99, sum by (le, cache) (rate(a_bucket{x=~\"b|c\", y=\"d\"}[$__rate_interval])))"
                        + " > 1e9 or 2 * max without (q) (e) unless on (job) f < $__range_s");
        assertThat(read.selectors())
                .containsExactly(
                        new Selector("a_bucket", Map.of("x", List.of("b", "c"), "y", List.of("d"))),
                        new Selector("e", Map.of()),
                        new Selector("f", Map.of()));
        assertThat(read.groupings()).containsExactly("le", "cache", "q", "job");
    }
}
