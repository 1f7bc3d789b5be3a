package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.TableId;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityCostTest {

    private static final TableFactsReader.Since HOUR =
            new TableFactsReader.Since(Duration.ofHours(1), 10 << 20, Duration.ofHours(1));

    @Test
    void onlyUpdatesAndDeletesCostAndBesideAllThatIsWritten() {
        assertThat(IdentityCost.words(leaf(1000, 204_800), HOUR))
                .isEqualTo(
                        "about 205 bytes for each update and delete, 1.0 MB an hour (10.0 % of what the server writes)");
    }

    @Test
    void tooFewRowsTellNoWidth() {
        assertThat(IdentityCost.words(leaf(1, 8192), HOUR)).contains("too few rows");
    }

    private static TableFacts.Leaf leaf(double rows, long bytes) {
        return new TableFacts.Leaf(
                TableId.parse("public.a"),
                true,
                true,
                Set.of("id"),
                rows,
                bytes,
                0,
                Set.of(),
                new TableFacts.Writes(9999, 4096, 1024));
    }
}
