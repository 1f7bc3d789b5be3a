package dev.freshet.cli.status;

import dev.freshet.model.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How fresh a pipeline's caches are. Immutable.
 *
 * @param at by the clock of this machine
 * @param staleness the age of the watermark, by the source's clock; empty where it is not known
 * @param stages in the order in which a change passes them
 * @param partitions of the tables' topics
 */
public record Status(
        String pipeline,
        Instant at,
        Optional<Watermark> watermark,
        Optional<Duration> staleness,
        List<Stage> stages,
        List<Lag> partitions) {

    /**
     * How far the writers are behind in one partition.
     *
     * @param records that are not applied
     * @param waiting how long the oldest of them waits; zero where there is none
     */
    public record Lag(String topic, int partition, long records, Duration waiting) {}

    public Status {
        stages = List.copyOf(stages);
        partitions = List.copyOf(partitions);
    }

    public boolean away() {
        return stages.stream().anyMatch(stage -> stage.state() == Stage.State.AWAY);
    }

    public boolean broken() {
        return stages.stream().anyMatch(stage -> stage.state() == Stage.State.BROKEN);
    }
}
