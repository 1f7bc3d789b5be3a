package dev.freshet.system.reads;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.SnapshotSource;
import dev.freshet.system.process.RedisUsers;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Many threads that read one key at once: told {@code go} on standard input, it prints {@code begun} when all have started
 * to read, and at the end {@code value<TAB>VALUE<TAB>READERS} and {@code outcome<TAB>OUTCOME<TAB>READS} of each.
 */
final class StampedeReaders {

    static final String KEY = "hot:1";

    private StampedeReaders() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        int threads = Integer.parseInt(arguments[3]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (HikariDataSource source = source(arguments[1], arguments[2]);
                RedisClient client =
                        RedisClient.create(RedisUsers.ofApplication(arguments[0], "stampede_reader", KEY));
                FreshCache cache = FreshCache.builder(client, SnapshotSource.of(source))
                        // A thousand threads on few processors: patience, so that it is the lease that is tried.
                        .commandTimeout(Duration.ofSeconds(20))
                        .waitAtMost(Duration.ofSeconds(60))
                        .meters(meters)
                        .build()) {
            JdbcLoader<String> loader = JdbcLoader.of(source, connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SELECT load()")) {
                    return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                }
            });
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(threads);
            CountDownLatch done = new CountDownLatch(threads);
            Map<String, Integer> values = new ConcurrentHashMap<>();
            for (int i = 0; i < threads; i++) {
                Thread reader = new Thread(() -> {
                    await(go);
                    begun.countDown();
                    values.merge(read(cache, loader), 1, Integer::sum);
                    done.countDown();
                });
                reader.setDaemon(true);
                reader.start();
            }
            out.println("ready");
            if (in.readLine() == null) {
                return;
            }
            go.countDown();
            begun.await();
            out.println("begun");
            done.await();
            values.forEach((value, readers) -> out.println("value\t" + value + "\t" + readers));
            meters.find("freshet.cache.reads")
                    .counters()
                    .forEach(counter -> out.println(
                            "outcome\t" + counter.getId().getTag("outcome") + "\t" + Math.round(counter.count())));
            out.println("done");
        }
        System.exit(0);
    }

    private static String read(FreshCache cache, JdbcLoader<String> loader) {
        try {
            return cache.get(KEY, String.class, loader).orElse("nothing");
        } catch (SQLException e) {
            return "failed: " + e.getMessage();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static HikariDataSource source(String url, String user) {
        HikariDataSource source = new HikariDataSource();
        source.setJdbcUrl(url);
        source.setUsername(user);
        source.setPassword(System.getenv("SOURCE_PASSWORD"));
        source.setMaximumPoolSize(16);
        source.setMinimumIdle(1);
        return source;
    }
}
