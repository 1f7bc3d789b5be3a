package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.listener.ChangePublisher.Acknowledgement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BurstTest {

    private final List<String> sent = new ArrayList<>();
    private final Burst burst = new Burst(new Sent());

    private void add(String key, int bytes) {
        burst.add(new OutgoingRecord("topic", key.getBytes(StandardCharsets.UTF_8), new byte[bytes], 1), new Nobody());
    }

    @Test
    void nothingIsSentBeforeItIsTime() {
        add("a", 10);
        add("b", 10);
        assertThat(sent).isEmpty();

        burst.send();
        assertThat(sent).containsExactly("a", "b");

        burst.send();
        assertThat(sent).hasSize(2);
    }

    @Test
    void manyAreSentInTheirOrder() {
        IntStream.range(0, 2 * Burst.RECORDS + 1).forEach(i -> add("" + i, 1));
        assertThat(sent).hasSize(2 * Burst.RECORDS);

        burst.send();
        assertThat(sent)
                .containsExactlyElementsOf(IntStream.range(0, 2 * Burst.RECORDS + 1)
                        .mapToObj(String::valueOf)
                        .toList());
    }

    @Test
    void largeOnesDoNotWaitInMemory() {
        add("small", 10);
        add("large", Burst.BYTES);

        assertThat(sent).containsExactly("small", "large");
    }

    private static final class Nobody implements Acknowledgement {
        @Override
        public void stored(int partition, long offset) {}

        @Override
        public void refused(Exception cause) {}
    }

    private final class Sent implements ChangePublisher {
        @Override
        public void send(OutgoingRecord record, Acknowledgement acknowledgement) {
            sent.add(new String(record.key(), StandardCharsets.UTF_8));
        }

        @Override
        public int largestRecord(String topic) {
            return Integer.MAX_VALUE;
        }

        @Override
        public Map<String, List<Long>> endOffsets() {
            return Map.of();
        }

        @Override
        public void check(Consumer<Exception> broken) {}

        @Override
        public void abandon() {}

        @Override
        public void close() {}
    }
}
