package dev.freshet.writer;

import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.failure.Reaction;
import dev.freshet.writer.failure.Retrying;
import dev.freshet.writer.metrics.Server;
import dev.freshet.writer.metrics.WriterMetrics;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What stands against changes being applied soon, as the writer's thread found it last. Thread-safe. */
final class WriterHealth implements Retrying.Observer {

    /** What may stand against it without a server being away. */
    enum Obstacle {
        UNASSIGNED("the writer reads no partition: it is joining, or others read all of them"),
        JUDGING("the writer looks how far partitions were applied"),
        FLUSHING("mapped caches are being flushed"),
        REPLAYING("what Redis had lost is applied again"),
        REPLICAS("too few replicas of Redis follow, so nothing is acknowledged");

        private final String sentence;

        Obstacle(String sentence) {
            this.sentence = sentence;
        }
    }

    private record Wait(Server server, String reason) {}

    private final WriterMetrics metrics;
    private volatile Optional<Wait> wait = Optional.empty();
    private volatile Set<Obstacle> obstacles = EnumSet.of(Obstacle.UNASSIGNED);

    WriterHealth(WriterMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void waits(Throwable unavailable) {
        Server server = server(unavailable);
        metrics.retried(server);
        wait = Optional.of(new Wait(server, String.valueOf(unavailable.getMessage())));
    }

    private static Server server(Throwable unavailable) {
        Throwable cause = Reaction.cause(unavailable);
        if (cause instanceof CacheUnavailableException) {
            return Server.REDIS;
        }
        return cause instanceof SourceUnavailableException ? Server.POSTGRES : Server.KAFKA;
    }

    @Override
    public void goesOn() {
        wait = Optional.empty();
    }

    /** What stands against it now; the set is not changed later. */
    void found(Set<Obstacle> now) {
        obstacles = now;
    }

    /** The server that is waited for. */
    Set<Server> blockedBy() {
        return wait.<Set<Server>>map(one -> EnumSet.of(one.server())).orElseGet(Set::of);
    }

    /** For people, one sentence each. */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        wait.ifPresent(one ->
                sentences.add("the writer waits for " + one.server().title() + " and tries again: " + one.reason()));
        obstacles.forEach(obstacle -> sentences.add(obstacle.sentence));
        return sentences;
    }
}
