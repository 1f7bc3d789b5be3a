package dev.freshet.stack;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the servers are set to, wherever they run. */
final class Settings {

    private Settings() {}

    /** Names and values as in postgresql.conf. */
    static Map<String, String> postgres(boolean fsync, Map<String, String> chosen) {
        Map<String, String> all = new TreeMap<>();
        all.put("wal_level", "logical");
        all.put("max_wal_senders", "10");
        all.put("max_replication_slots", "10");
        // What a killed server leaves goes with its directory; in shared memory it would stay for good.
        all.put("dynamic_shared_memory_type", "mmap");
        all.put("fsync", fsync ? "on" : "off");
        all.put("full_page_writes", fsync ? "on" : "off");
        all.putAll(chosen);
        return all;
    }

    /** A command line's arguments. */
    static List<String> redis(boolean fsync, List<String> chosen) {
        List<String> all = List.of(
                "--save",
                "",
                // The file is written before the reply, so that even SIGKILL loses nothing acknowledged.
                "--appendonly",
                "yes",
                "--appendfsync",
                fsync ? "always" : "no");
        return Stream.concat(all.stream(), chosen.stream()).toList();
    }

    /** Names and values as in server.properties, but for addresses and directories. */
    static Map<String, String> kafka(boolean fsync, Map<String, String> chosen) {
        Map<String, String> all = new TreeMap<>();
        all.put("auto.create.topics.enable", "false");
        all.put("group.initial.rebalance.delay.ms", "0");
        for (String topic : List.of("offsets.topic.", "transaction.state.log.", "share.coordinator.state.topic.")) {
            all.put(topic + "num.partitions", "4");
            all.put(topic + "replication.factor", "1");
        }
        all.put("transaction.state.log.min.isr", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("num.network.threads", "2");
        all.put("num.io.threads", "4");
        // A killed broker's successor has to wait until this is over: nine seconds by default.
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        // The default would take 128 MB of heap.
        all.put("log.cleaner.dedupe.buffer.size", "8388608");
        if (fsync) {
            // On one node acks=all waits for no other node, and it never waits for the disk.
            all.put("log.flush.interval.messages", "1");
        }
        all.putAll(chosen);
        return all;
    }
}
