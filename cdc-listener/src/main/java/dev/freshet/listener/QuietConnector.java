package dev.freshet.listener;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.source.spi.DataChangeEventListener;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Debezium's connector without what it counts for JMX, which is nothing that the listener's own metrics lack. Debezium 3.6
 * prints each row's key for the attribute {@code LastEvent}, and makes a new {@code ObjectMapper} for each: a fifth of the
 * listener's processor time, and a value in JMX that has no business there. The engine makes it by its name.
 */
public final class QuietConnector extends PostgresConnector {

    @Override
    public Class<? extends Task> taskClass() {
        return QuietTask.class;
    }

    /** Made by the engine. */
    public static final class QuietTask extends PostgresConnectorTask {

        private static final Logger LOG = LoggerFactory.getLogger(QuietTask.class);

        private Optional<ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext>> counting =
                Optional.empty();

        @Override
        public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration settings) {
            var coordinator = super.start(settings);
            counting = Optional.of(coordinator);
            return coordinator;
        }

        @Override
        public List<SourceRecord> doPoll() throws InterruptedException {
            List<SourceRecord> records = super.doPoll();
            if (!records.isEmpty()) {
                // Not before: Debezium sets its own counter when it begins to stream.
                counting.ifPresent(QuietTask::quieten);
                counting = Optional.empty();
            }
            return records;
        }

        /** Debezium has no setting for this. Where a later version hides the field, it only counts on. */
        private static void quieten(
                ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> coordinator) {
            try {
                Field dispatcher = ChangeEventSourceCoordinator.class.getDeclaredField("eventDispatcher");
                dispatcher.setAccessible(true);
                if (dispatcher.get(coordinator) instanceof EventDispatcher<?, ?> events) {
                    events.setEventListener(DataChangeEventListener.NO_OP());
                }
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOG.info("Debezium's JMX figures stay on, which costs processor time: {}", e.toString());
            }
        }
    }
}
