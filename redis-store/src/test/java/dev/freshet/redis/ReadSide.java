package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What applications and readers do with a cache, for tests: plain commands, and a reader's lease and fill. */
public interface ReadSide {

    void put(String key, String value);

    void putField(String key, String field, String value);

    /** The text at the key; empty where there is none, or a hash. */
    Optional<String> get(String key);

    /** The hash at the key; empty where there is none, or a text. */
    Map<String, String> hash(String key);

    boolean hasTimeToLive(String key);

    /** The reader's token, where the key is missing and nobody else holds its lease. */
    Optional<String> lease(String key);

    /** Whether the fill was accepted. */
    boolean fill(String key, String token, Snapshot snapshot, String value, String... patterns);

    /** The globs that a pipeline published, by cache name. */
    Map<String, String> patterns(String pipeline);

    /** Files the key under the tag, as a fill does, for an hour. */
    void file(String tag, String key);

    /** The keys that are filed under the tag. */
    Set<String> filed(String tag);

    /** Whether the tag's fence lets a fill of this snapshot pass. */
    boolean tagAllows(String tag, Snapshot snapshot);

    /** What long enough does: everything that Freshet keeps beside the values ends; values stay. */
    void letGuardsEnd();

    /** Ends the key's fence and nothing else, as eviction would. */
    void loseFence(String key);
}
