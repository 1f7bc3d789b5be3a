package dev.freshet.client;

import dev.freshet.model.Snapshot;
import java.util.Optional;

/**
 * A value as the source had it.
 *
 * @param snapshot taken after the lease and before the value was read; empty where the value must not be cached
 */
record Loaded<T>(Optional<T> value, Optional<Snapshot> snapshot) {}
