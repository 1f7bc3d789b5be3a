package dev.freshet.benchmarks.peer;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** A sink for Kafka Connect that unlinks {@code item:} and a record's key, and no more. */
public final class UnlinkSink extends SinkConnector {

    /** Its only setting: host and port of Redis. */
    public static final String REDIS = "redis";

    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> properties) {
        settings = Map.copyOf(properties);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return UnlinkSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int most) {
        return List.of(settings);
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define(REDIS, ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "host and port of Redis");
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public void stop() {}
}
