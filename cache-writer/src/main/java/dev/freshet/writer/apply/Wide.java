package dev.freshet.writer.apply;

import dev.freshet.model.KeyScan;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.Fence;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A set of keys that is removed as one. Immutable. */
sealed interface Wide {

    /** What all its keys match; its position stands there. Holds no value of a row. */
    String glob();

    /** Leaves behind what later fills and refreshes must find, then removes the keys. Harmless when done again. */
    CompletionStage<Long> remove(CacheStore store, Cause cause);

    /** Whether a reader that does not know the set's pattern yet may store its value after {@link #remove}. */
    boolean filledUnfenced();

    /** Removes what such fills stored. */
    CompletionStage<Long> takeBack(CacheStore store, Fence fence);

    /**
     * Keys, or fields of hashes, by their form.
     *
     * @param glob where its fence and its position stand
     * @param fenced whether readers may fill such keys
     * @param guarded whether a refresh may store such keys
     */
    record Matching(String glob, KeyScan keys, Optional<KeyScan> field, boolean fenced, boolean guarded)
            implements Wide {

        @Override
        public CompletionStage<Long> remove(CacheStore store, Cause cause) {
            CompletionStage<Void> left = fenced || guarded
                    ? store.fencePattern(glob, fenced ? cause.fence() : Fence.NONE, cause.position())
                    : CompletableFuture.completedStage(null);
            return left.thenCompose(nothing -> store.sweep(keys, field));
        }

        @Override
        public boolean filledUnfenced() {
            return fenced;
        }

        @Override
        public CompletionStage<Long> takeBack(CacheStore store, Fence fence) {
            return store.takeBack(keys, fence);
        }
    }

    /**
     * Keys that readers filed under a tag. They file it with the fill itself, so that none is missed.
     *
     * @param glob what such keys match
     * @param guarded whether a refresh may store such keys
     */
    record Tagged(String tag, String glob, boolean guarded) implements Wide {

        @Override
        public CompletionStage<Long> remove(CacheStore store, Cause cause) {
            CompletionStage<Void> left = guarded
                    ? store.fencePattern(glob, Fence.NONE, cause.position())
                    : CompletableFuture.completedStage(null);
            return left.thenCompose(nothing -> store.invalidateTag(tag, cause.fence()));
        }

        @Override
        public boolean filledUnfenced() {
            return false;
        }

        @Override
        public CompletionStage<Long> takeBack(CacheStore store, Fence fence) {
            return CompletableFuture.completedStage(0L);
        }
    }
}
