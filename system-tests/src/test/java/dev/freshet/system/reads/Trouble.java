package dev.freshet.system.reads;

import dev.freshet.stack.PostgresServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * What makes the rare usual: at times commits stay invisible for a while after they are in the log, since they wait for a
 * standby that is not there; and connections to Redis break, of readers, of the writer, of whoever has one. One thread
 * does it all.
 */
final class Trouble implements AutoCloseable {

    /** A connection that is not the test's own. */
    private static final Pattern OTHERS = Pattern.compile("(?m)^id=(\\d+) (?!.* name=judge ).*$");

    private final PostgresServer postgres;
    private final StatefulRedisConnection<String, String> redis;
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile Optional<Throwable> failure = Optional.empty();
    private final AtomicInteger waits = new AtomicInteger();
    private final AtomicInteger kills = new AtomicInteger();

    /** Where the test's own connections go: they are left alone. */
    static RedisURI own(String url) {
        RedisURI uri = RedisURI.create(url);
        uri.setClientName("judge");
        return uri;
    }

    Trouble(PostgresServer postgres, StatefulRedisConnection<String, String> redis, long seed) {
        this.postgres = postgres;
        this.redis = redis;
        this.random = new Random(seed * 17);
    }

    void start() {
        var unused = thread.scheduleAtFixedRate(() -> guarded(this::holdCommits), 1, 2, TimeUnit.SECONDS);
        var unusedToo = thread.scheduleAtFixedRate(() -> guarded(this::breakOne), 1500, 1500, TimeUnit.MILLISECONDS);
    }

    private interface Step {
        void take() throws SQLException;
    }

    private void guarded(Step step) {
        try {
            step.take();
        } catch (SQLException | RedisException e) {
            failure = Optional.of(e);
        }
    }

    private void holdCommits() throws SQLException {
        commitsWaitFor("absent");
        waits.incrementAndGet();
        var unused = thread.schedule(
                () -> guarded(() -> commitsWaitFor("")), 50 + random.nextInt(450), TimeUnit.MILLISECONDS);
    }

    private void breakOne() {
        List<Long> ids = OTHERS.matcher(redis.sync().clientList())
                .results()
                .map(id -> Long.valueOf(id.group(1)))
                .toList();
        if (redis.sync()
                        .clientKill(KillArgs.Builder.id(ids.get(random.nextInt(ids.size())))
                                .skipme())
                > 0) {
            kills.incrementAndGet();
        }
    }

    private void commitsWaitFor(String standby) throws SQLException {
        Pipeline.execute(
                postgres,
                "postgres",
                "ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'",
                "SELECT pg_reload_conf()");
    }

    Optional<Throwable> failure() {
        return failure;
    }

    /** Leaves nothing that waits. */
    void stop() throws SQLException, InterruptedException {
        // Not at once: a command that is interrupted would count as a failure.
        thread.shutdown();
        if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("trouble has not ended");
        }
        commitsWaitFor("");
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        // A step that is under way might hold commits again, and the end of the test with them.
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(thread::isTerminated);
        commitsWaitFor("");
    }

    @Override
    public String toString() {
        return waits + " times commits were held, " + kills + " connections broken";
    }
}
