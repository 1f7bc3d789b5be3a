package dev.freshet.stack;

import java.util.List;
import java.util.Map;

/** Makes servers of one sort, not started yet; closed after they are. */
interface Servers extends AutoCloseable {

    PostgresServer postgres(Map<String, String> settings);

    RedisServer redis(List<String> args);

    KafkaServer kafka(Map<String, String> settings);

    @Override
    void close();
}
