package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The cache, as the writer changes it. Every command is idempotent: applying it again is harmless. Thread-safe; a stage
 * completes when Redis has replied to all of the call, or fails with {@link CacheUnavailableException}, after which any
 * part of the call may or may not have been done and the whole must be applied again. A command that no Redis could take, such as a key that is not Unicode
 * text, fails with {@link IllegalArgumentException}.
 */
public interface CacheStore extends AutoCloseable {

    /**
     * What became of the commands of one call.
     *
     * @param removed keys and fields that invalidations removed; those that did not stand are not counted
     * @param stored values that refreshes stored
     * @param deletedInDoubt refreshes that removed their entry instead, or found it gone
     * @param kept refreshes that were dropped because a fill had seen their change
     */
    record Outcome(int removed, int stored, int deletedInDoubt, int kept) {

        public static final Outcome NOTHING = new Outcome(0, 0, 0, 0);

        public Outcome and(Outcome other) {
            return new Outcome(
                    removed + other.removed,
                    stored + other.stored,
                    deletedInDoubt + other.deletedInDoubt,
                    kept + other.kept);
        }
    }

    /**
     * Applies the commands, at most one for a key and field; their order among each other does not matter. Keys that do
     * not exist are fenced all the same.
     */
    CompletionStage<Outcome> apply(List<KeyCommand> commands);

    /**
     * Fences every key that matches the glob, present or not, for the fence window: a fill or refresh that is not known
     * to reflect the change is taken back (rule 5). A refresh that names the glob among its patterns and is older, or
     * whose order is not known because {@code position} is empty, deletes.
     */
    CompletionStage<Void> fencePattern(String glob, Fence fence, Optional<Position> position);

    /**
     * Walks the keyspace in bounded steps and unlinks every key that the scan means, or, with {@code field}, every such
     * field of the hashes that it means. Finds every key that stands there from beginning to end. Freshet's own keys are
     * passed over unless the glob itself begins with their prefix.
     *
     * @return how many keys or fields were removed
     */
    CompletionStage<Long> sweep(KeyScan keys, Optional<KeyScan> field);

    /**
     * Walks the keyspace like {@link #sweep} and removes what readers filled from a snapshot that has not seen the fence:
     * a fill that was under way while the pattern was swept. Entries that no reader filled stay.
     *
     * @return how many keys were removed
     */
    CompletionStage<Long> takeBack(KeyScan keys, Fence fence);

    /**
     * Fences the tag for the fence window, then walks the keys that were filed under it, in bounded steps, and removes
     * their values and leases (rules 15 and 16). A fill under the tag either came before the fence, and the walk finds
     * it, or has seen what the fence asks for. A key that is still filed here though its value no longer depends on the
     * tag loses that value needlessly. Keys stay filed until their time has ended.
     *
     * @return how many values were removed
     */
    CompletionStage<Long> invalidateTag(String tag, Fence fence);

    /**
     * Publishes, by cache name, the globs that the pipeline's caches match, in place of those published before. Readers
     * that fill check the fences of the patterns that their key matches, and do not fill what only unfenced caches hold.
     *
     * @param unfenced those of caches whose changes leave no fences
     */
    CompletionStage<Void> publishPatterns(String pipeline, Map<String, String> fenced, Map<String, String> unfenced);

    /** Whether the server answers, is a writable primary, and is new enough; else why not, for people. */
    CompletionStage<Optional<String>> unfit();

    @Override
    void close();
}
