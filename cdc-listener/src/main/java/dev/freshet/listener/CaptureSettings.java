package dev.freshet.listener;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.PostgresConfig;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is captured, and through which slot and publication. Immutable.
 *
 * @param topics the names of the topics; Debezium's topic prefix is their pipeline
 * @param tables the mapped tables: of a partitioned one the root
 */
public record CaptureSettings(
        PostgresConfig postgres, Topics topics, String slot, String publication, List<TableId> tables) {

    public CaptureSettings {
        SortedSet<TableId> sorted = new TreeSet<>(tables);
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("no cache is mapped to a table: there is nothing to capture");
        }
        tables = List.copyOf(sorted);
    }

    public static CaptureSettings of(FreshetConfig config) {
        return new CaptureSettings(
                config.postgres(), config.topics(), config.slot(), config.publication(), List.copyOf(config.tables()));
    }
}
