package dev.freshet.writer;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that notes what is asked of it and answers when a test says so. Confined to one thread. */
public final class RecordingStore implements CacheStore {

    /** One call. */
    public record Call(
            String name, Object what, Fence fence, Optional<Position> position, CompletableFuture<Long> reply) {

        public void answer() {
            reply.complete(0L);
        }

        public void fail() {
            reply.completeExceptionally(new CacheUnavailableException("away", new IllegalStateException()));
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private boolean prompt;

    /** From now on every call is answered at once. */
    public RecordingStore promptly() {
        prompt = true;
        return this;
    }

    public List<String> names() {
        return calls.stream().map(Call::name).toList();
    }

    public List<Call> calls() {
        return calls;
    }

    public Call last() {
        return calls.get(calls.size() - 1);
    }

    private CompletableFuture<Long> noted(String name, Object what, Fence fence, Optional<Position> position) {
        Call call = new Call(name, what, fence, position, new CompletableFuture<>());
        calls.add(call);
        if (prompt) {
            call.answer();
        }
        return call.reply();
    }

    @Override
    public CompletionStage<Outcome> apply(List<KeyCommand> commands) {
        return noted("apply", commands, Fence.NONE, Optional.empty()).thenApply(done -> Outcome.NOTHING);
    }

    @Override
    public CompletionStage<Void> fencePattern(String glob, Fence fence, Optional<Position> position) {
        return noted("fence", glob, fence, position).thenApply(done -> null);
    }

    @Override
    public CompletionStage<Long> sweep(KeyScan keys, Optional<KeyScan> field) {
        return noted("sweep", keys.glob(), Fence.NONE, Optional.empty());
    }

    @Override
    public CompletionStage<Long> takeBack(KeyScan keys, Fence fence) {
        return noted("take back", keys.glob(), fence, Optional.empty());
    }

    @Override
    public CompletionStage<Long> invalidateTag(String tag, Fence fence) {
        return noted("invalidate tag", tag, fence, Optional.empty());
    }

    @Override
    public CompletionStage<Void> publishPatterns(
            String pipeline, Map<String, String> fenced, Map<String, String> unfenced) {
        return noted("publish", fenced, Fence.NONE, Optional.empty()).thenApply(done -> null);
    }

    @Override
    public CompletionStage<Optional<String>> unfit() {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void close() {}
}
