package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping.OnChange.RefreshQuery;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.writer.plan.CacheAction.Parameter;
import java.util.Map;
import java.util.Optional;

/** Loads the value of an entry from the source. */
@FunctionalInterface
public interface ValueQuery {

    /**
     * What a query returned, and a snapshot that was taken before it.
     *
     * @param value empty where there was no row
     */
    record Loaded(Snapshot snapshot, Optional<Value> value) {}

    /**
     * Takes a snapshot, then runs the query.
     *
     * @param parameters by name
     * @throws dev.freshet.writer.catalogue.SourceUnavailableException where the source refuses it, cannot be asked, or
     *     returns more than one row
     */
    Loaded load(RefreshQuery refresh, NamedQuery query, Map<String, Parameter> parameters);
}
