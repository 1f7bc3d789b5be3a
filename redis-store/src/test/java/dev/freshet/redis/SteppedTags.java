package dev.freshet.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The writer's invalidations of tags, command by command, for tests in other packages: between the real invalidation and its
 * connection stands a {@link Gate}. Thread-safe; each invalidation is confined to one thread.
 */
public final class SteppedTags implements AutoCloseable {

    private final RedisLink link;
    private final CommandScripts scripts;
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;

    SteppedTags(RedisClient client, Duration window, Scripts scripts) {
        this.link = new RedisLink(new GivenClient(client), Optional.empty(), Duration.ZERO, scripts.all());
        this.scripts = new CommandScripts(scripts, window);
        this.redis = link.ask("connect", CompletableFuture::completedStage).join();
    }

    public Invalidation invalidation(String tag, Fence fence) {
        return new Invalidation(tag, fence);
    }

    @Override
    public void close() {
        link.close();
    }

    /** One invalidation of a tag. Each call's stage completes when Redis has replied and what comes next waits at the gate. */
    public final class Invalidation {

        private final Gate gate = new Gate(redis);
        private final Supplier<CompletionStage<Long>> fence;
        private final Supplier<CompletionStage<Long>> walk;
        private Optional<CompletionStage<Long>> walking = Optional.empty();

        private Invalidation(String tag, Fence fence) {
            ScriptCall call = scripts.fenceTag(tag, fence);
            List<Supplier<CompletionStage<Long>>> steps =
                    new TagInvalidation(link, scripts, gate.guarded(), tag, call).steps();
            if (steps.size() != 2) {
                throw new IllegalStateException("there are fence and walk no more, change the tests with it");
            }
            this.fence = steps.get(0);
            this.walk = steps.get(1);
        }

        public CompletionStage<Long> fence() {
            CompletionStage<Long> fenced = fence.get();
            return gate.passOne().thenCompose(passed -> fenced);
        }

        /** The walk's next command: it asks for some members, then removes them, and so on; nothing once it is over. */
        public CompletionStage<Void> walkOn() {
            walking();
            return gate.passOne();
        }

        public CompletionStage<Long> walkToTheEnd() {
            CompletionStage<Long> walked = walking();
            return gate.passAll().thenCompose(passed -> walked);
        }

        private CompletionStage<Long> walking() {
            if (walking.isEmpty()) {
                walking = Optional.of(walk.get());
            }
            return walking.get();
        }
    }
}
