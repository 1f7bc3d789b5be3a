package dev.freshet.cli.doctor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Kafka says of the pipeline's topics and of how far the writers are. Immutable.
 *
 * @param address what clients' {@code bootstrap.servers} takes
 * @param topics those of the pipeline's topics that stand
 * @param group empty where no writer has ever committed
 */
record KafkaFacts(String address, int brokers, List<Topic> topics, Optional<Group> group) {

    KafkaFacts {
        topics = List.copyOf(topics);
    }

    /** What a topic is for. */
    enum Purpose {
        CHANGES,
        CONTROL,
        OFFSETS,
        DEAD_LETTERS
    }

    /** @param settings as they count, wherever they are set; empty where the user may not see them */
    record Topic(String name, Purpose purpose, int partitions, int replication, Map<String, String> settings) {
        Topic {
            settings = Map.copyOf(settings);
        }

        String setting(String name) {
            return settings.getOrDefault(name, "");
        }

        long number(String name) {
            String text = setting(name);
            return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : -1;
        }
    }

    /**
     * The writers.
     *
     * @param members how many work now
     */
    record Group(int members, List<Place> places) {
        Group {
            places = List.copyOf(places);
        }
    }

    /**
     * How far a partition is applied.
     *
     * @param halfAged the first offset that is younger than half of the topic's retention; its end where none is
     */
    record Place(String topic, int partition, long committed, long begin, long end, long halfAged) {}
}
