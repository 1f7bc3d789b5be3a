package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.pipeline.DataChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class EngineQueueTest {

    private static final long LONG_AFTER = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(-5);
    private final EngineQueue queue = new EngineQueue(nanos::get);
    private final List<Object> alone = new ArrayList<>();
    private boolean takes = true;
    private long takesNanos;

    {
        String name = EngineQueue.expect(record -> {
            nanos.addAndGet(takesNanos);
            if (takes) {
                alone.add(record.value());
            }
            return takes;
        });
        queue.configure(Map.of("topic.prefix", "queue-test", EngineQueue.TAKER, name));
    }

    private void comesLongAfter(String value) {
        nanos.addAndGet(LONG_AFTER);
        comesAtOnce(value);
    }

    private void comesAtOnce(String value) {
        queue.enqueue(new DataChangeEvent(new SourceRecord(Map.of(), Map.of("at", value), "topic", null, value)));
    }

    private DataChangeEvent polled() {
        return Optional.ofNullable(queue.poll()).orElseThrow();
    }

    private EngineQueue.Handover handedOver() {
        return EngineQueue.unpack(polled().getRecord());
    }

    private static List<Object> values(EngineQueue.Handover handover) {
        return handover.records().stream().<Object>map(SourceRecord::value).toList();
    }

    @Test
    void whatHadToWaitForTheOneBeforeItDidNotComeAlone() {
        takesNanos = LONG_AFTER;
        comesLongAfter("a");
        comesAtOnce("b");

        assertThat(alone).containsExactly("a");
        assertThat(values(handedOver())).containsExactly("b");
    }

    @Test
    void whatComesAloneIsTakenAtOnce() {
        comesLongAfter("a");
        comesLongAfter("b");

        assertThat(alone).containsExactly("a", "b");
        assertThat(queue.size()).isZero();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void aCrowdIsHandedOverTogetherInItsOrder() {
        comesLongAfter("a");
        comesAtOnce("b");
        comesAtOnce("c");

        assertThat(alone).containsExactly("a");
        assertThat(queue.size()).isEqualTo(2);
        assertThat(values(handedOver())).containsExactly("b", "c");
        assertThat(queue.size()).isZero();
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void nothingOvertakesWhatWaits() {
        comesLongAfter("a");
        comesAtOnce("b");
        comesLongAfter("c");

        assertThat(alone).containsExactly("a");
        assertThat(values(handedOver())).containsExactly("b", "c");
    }

    @Test
    void nothingOvertakesWhatIsBeingTaken() {
        comesLongAfter("a");
        comesAtOnce("b");
        EngineQueue.Handover handover = handedOver();
        comesLongAfter("c");
        assertThat(alone).containsExactly("a");

        handover.taken().run();
        assertThat(values(handedOver())).containsExactly("c");
    }

    @Test
    void onceAllIsTakenTheNextIsTakenAtOnceAgain() {
        comesLongAfter("a");
        comesAtOnce("b");
        handedOver().taken().run();
        comesLongAfter("c");

        assertThat(alone).containsExactly("a", "c");
    }

    @Test
    void whatTheTakerRefusesIsHandedOver() {
        takes = false;
        comesLongAfter("a");

        assertThat(alone).isEmpty();
        assertThat(values(handedOver())).containsExactly("a");
    }

    @Test
    void aBatchIsBoundedAndSaysWhereItEnds() {
        IntStream.range(0, 700).forEach(i -> comesAtOnce("r" + i));

        DataChangeEvent first = polled();
        assertThat(EngineQueue.unpack(first.getRecord()).records()).hasSize(512);
        assertThat(first.getRecord().sourceOffset()).isEqualTo(Map.of("at", "r511"));
        assertThat(queue.records()).isEqualTo(188);
        assertThat(handedOver().records()).hasSize(188);
    }

    @Test
    void largeRowsFillIt() {
        String large = "x".repeat((int) EngineQueue.CAPACITY_BYTES / 4);
        comesAtOnce(large);
        assertThat(queue.size()).isEqualTo(1);
        comesAtOnce(large);

        assertThat(queue.records()).isEqualTo(2);
        assertThat(queue.size()).as("as Debezium compares it").isEqualTo(EngineQueue.CAPACITY);
        assertThat(values(handedOver())).hasSize(2);
        assertThat(queue.size()).isZero();
    }

    @Test
    void itIsKnownByItsPipelineWhileItIsOpen() {
        assertThat(EngineQueue.of("queue-test")).containsSame(queue);
        queue.close();
        assertThat(EngineQueue.of("queue-test")).isEmpty();
    }
}
