package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

final class EmbeddedKafkaTest {

    @Test
    void aClusterIdIsNeverTakenForAnOption() {
        assertThat(Stream.generate(EmbeddedKafka::newClusterId).limit(2_000))
                .allSatisfy(id -> assertThat(id).doesNotStartWith("-"))
                .allSatisfy(id -> assertThat(Uuid.fromString(id)).hasToString(id));
    }
}
