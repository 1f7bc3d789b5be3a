package dev.freshet.model.config;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Topics;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One {@code freshet.yml}, checked. Immutable. */
public record FreshetConfig(
        String pipeline,
        PostgresConfig postgres,
        KafkaConfig kafka,
        RedisConfig redis,
        ListenerConfig listener,
        WriterConfig writer,
        List<CacheMapping> caches) {

    public FreshetConfig {
        caches = List.copyOf(caches);
    }

    public Topics topics() {
        return new Topics(pipeline);
    }

    /** The replication slot's name; the publication and the consumer group are named alike. */
    public String slot() {
        return pipeline;
    }

    public String publication() {
        return pipeline;
    }

    public String consumerGroup() {
        return pipeline;
    }

    /** The tables that some cache depends on, in order. */
    public Set<dev.freshet.model.TableId> tables() {
        Set<dev.freshet.model.TableId> tables = new TreeSet<>();
        caches.forEach(cache -> tables.add(cache.table()));
        return tables;
    }
}
