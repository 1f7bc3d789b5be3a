package dev.freshet.listener;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.config.FreshetConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A configuration by which Debezium in a Kafka Connect of somebody else's writes the tables' topics as a listener would. It
 * holds no secret: the worker's configuration provider {@code env} fills them in. It tells of no gap and beats no control
 * record, since no Debezium does.
 */
public final class ConnectorConfiguration {

    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

    private final FreshetConfig config;
    private final CaptureSettings settings;
    private final List<SourceAddress> servers;

    /** @throws SetupRequiredException where the source's address is none that pgjdbc takes */
    public ConnectorConfiguration(FreshetConfig config) {
        this.config = config;
        this.settings = CaptureSettings.of(config);
        this.servers = SourceAddress.of(config.postgres());
    }

    /** What the worker's environment must hold, by the names that are asked for there. */
    public List<String> variables() {
        return properties().values().stream()
                .filter(value -> value.startsWith("${env:"))
                .map(value -> value.substring("${env:".length(), value.length() - 1))
                .toList();
    }

    /** Whether the source has more addresses than the first, the only one that Debezium takes. */
    public boolean leavesServersOut() {
        return servers.size() > 1;
    }

    /** As {@code POST /connectors} takes it, over several lines. */
    public String toJson() {
        Map<String, Object> connector = new LinkedHashMap<>();
        connector.put("name", settings.topics().pipeline());
        connector.put("config", properties());
        try {
            return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(connector);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> properties() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        all.put("tasks.max", "1");
        connection(all);
        capture(all);
        heartbeat(all);
        format(all);
        topics(all);
        return all;
    }

    private void connection(Map<String, String> all) {
        SourceAddress server = servers.get(0);
        all.put("database.hostname", server.host());
        all.put("database.port", Integer.toString(server.port()));
        all.put("database.dbname", server.database());
        all.put("database.user", config.postgres().user());
        all.put("database.password", "${env:POSTGRES_PASSWORD}");
        server.properties().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(property -> {
                    boolean secret = property.getKey().toLowerCase(Locale.ROOT).contains("password");
                    all.put(
                            EngineProperties.prefixed(property.getKey()),
                            secret
                                    ? "${env:POSTGRES_" + property.getKey().toUpperCase(Locale.ROOT) + "}"
                                    : property.getValue());
                });
        // A role's or a database's own setting would print bytes in a form that Debezium fails on.
        all.merge("driver.options", "-c bytea_output=hex", (own, ours) -> own + " " + ours);
    }

    private void capture(Map<String, String> all) {
        all.put("topic.prefix", settings.topics().pipeline());
        all.put("plugin.name", "pgoutput");
        all.put("slot.name", settings.slot());
        all.put("publication.name", settings.publication());
        all.put("publication.autocreate.mode", "disabled");
        all.put("table.include.list", EngineProperties.tables(settings));
        // Also: a slot that was made anew, and begins after the place that Connect has stored, stops the task.
        all.put("snapshot.mode", "no_data");
        all.put("poll.interval.ms", "5");
    }

    /** A message in the log moves the slot of an idle database; Debezium's own heartbeat alone does not. */
    private void heartbeat(Map<String, String> all) {
        all.put("heartbeat.interval.ms", "10000");
        all.put(
                "heartbeat.action.query",
                "SELECT pg_logical_emit_message(false, '" + Heartbeats.PREFIX + "', "
                        + SqlIdentifier.literal(settings.slot()) + ")");
        all.put("message.prefix.exclude.list", Heartbeats.PREFIX);
    }

    private static void format(Map<String, String> all) {
        all.put("skipped.operations", "none");
        all.put("tombstones.on.delete", "false");
        all.put("provide.transaction.metadata", "false");
        all.put("decimal.handling.mode", "string");
        all.put("unavailable.value.placeholder", SizeLimit.UNAVAILABLE);
        for (String part : List.of("key", "value")) {
            all.put(part + ".converter", JSON);
            all.put(part + ".converter.schemas.enable", "false");
        }
        all.put("header.converter", "org.apache.kafka.connect.storage.SimpleHeaderConverter");
        // By this header the writer knows that a decimal is written as text.
        all.put("transforms", "epoch");
        all.put("transforms.epoch.type", "org.apache.kafka.connect.transforms.InsertHeader");
        all.put("transforms.epoch.header", ChangePublisher.EPOCH_HEADER);
        all.put("transforms.epoch.value.literal", "0");
    }

    /** Where the worker may make topics. */
    private void topics(Map<String, String> all) {
        NewTopic like = PipelineTopics.of(config).get(0);
        all.put("topic.creation.default.partitions", Integer.toString(like.numPartitions()));
        all.put("topic.creation.default.replication.factor", Short.toString(like.replicationFactor()));
        like.configs().forEach((name, value) -> all.put("topic.creation.default." + name, value));
    }
}
