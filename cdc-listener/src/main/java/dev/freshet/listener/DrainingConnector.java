package dev.freshet.listener;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's connector, whose task hands over all that waits in its queue at once. The engine makes it by its name.
 *
 * <p>Debezium's queue wakes its reader when a batch is full, or the poll interval is over. A batch size of one wakes it at
 * each record, which is what an idle pipeline wants; but then a backlog is handed over record by record, each through two
 * threads of the engine. Here the first record wakes the reader, and what came meanwhile goes along.
 */
public final class DrainingConnector extends PostgresConnector {

    @Override
    public Class<? extends Task> taskClass() {
        return DrainingTask.class;
    }

    /** Made by the engine. */
    public static final class DrainingTask extends PostgresConnectorTask {

        /** Bounds what is in memory beside the queue; the cost of handing a batch over is spread over its records. */
        private static final int LARGEST_BATCH = 512;

        private Optional<EngineQueue> queue = Optional.empty();

        @Override
        public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration settings) {
            queue = Optional.of(new EngineQueue(settings.getString(CommonConnectorConfig.TOPIC_PREFIX)));
            return super.start(settings);
        }

        @Override
        public List<SourceRecord> doPoll() throws InterruptedException {
            List<SourceRecord> first = super.doPoll();
            if (first.isEmpty()) {
                return first;
            }
            List<SourceRecord> batch = new ArrayList<>(first);
            double waiting = queue.map(EngineQueue::records).orElse(0.0);
            for (double more = waiting; more >= 1 && batch.size() < LARGEST_BATCH; more--) {
                // Nobody else takes from the queue, so this one does not wait.
                batch.addAll(super.doPoll());
            }
            return batch;
        }
    }
}
