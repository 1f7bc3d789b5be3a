package dev.freshet.system.reads;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.client.FreshCache;
import dev.freshet.client.SnapshotSource;
import dev.freshet.system.process.RedisUsers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One process of the soak: threads that read through two caches, one with a near cache and one without, or through a
 * reader that knows nothing of leases and fences. Beside that it looks for itself, and prints, in this order in time:
 *
 * <pre>
 * F key transaction nanos               the key's fence holds the transaction; found before
 * V snapshot nanos                      the source's snapshot, taken before
 * R key near|redis outcome nanos value  a read that began then
 * E key near|redis value                what was read when all was quiet
 * N name count                          a meter
 * </pre>
 *
 * Told {@code last} on standard input, it stops to read at random, reads each key once both ways, and ends with
 * {@code done}.
 */
final class SoakReaders {

    private static final int THREADS = 4;
    private static final long PERIOD_MICROS = 6_000;
    private static final int LOOK = 12;
    private static final int HOT = 6;

    private final PrintWriter out;
    private final RedisCommands<String, String> looks;
    private final Reader reader;
    private final List<String> keys = Shop.keys();
    private final Map<String, Set<String>> told = new ConcurrentHashMap<>();

    private SoakReaders(PrintWriter out, RedisCommands<String, String> looks, Reader reader) {
        this.out = out;
        this.looks = looks;
        this.reader = reader;
    }

    /** Reads a key, in one of two ways. */
    interface Reader {
        Read read(String key, boolean near, Random random) throws SQLException;
    }

    /** @param value item and version of each row, as {@code item=version,...} */
    record Read(String outcome, String value) {}

    public static void main(String[] arguments) throws Exception {
        PrintStream standard = System.out;
        System.setOut(System.err);
        // The judge hears it a moment later; nothing here waits for that.
        Writer buffered = new BufferedWriter(new OutputStreamWriter(standard, StandardCharsets.UTF_8), 1 << 16);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Outcomes outcomes = new Outcomes();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(outcomes);
        try (PrintWriter out = new PrintWriter(buffered);
                HikariDataSource source = StampedeReaders.source(arguments[1], arguments[2]);
                Connection looking = source.getConnection();
                RedisClient client = RedisClient.create(RedisUsers.ofApplication(
                        arguments[0], "soak_reader", "book:*", "shelf:*", "card:*", "member:*"));
                RedisClient own = RedisClient.create(Trouble.own(arguments[0]));
                FreshCache plain = builder(client, source, meters, observations).build();
                FreshCache near = builder(client, source, meters, observations)
                        .nearCache(8 << 20, Duration.ofMinutes(10))
                        .build()) {
            Reader reader = arguments[3].equals("cache-client")
                    ? new ThroughFreshet(plain, near, source, outcomes)
                    : new WithoutProtocol(own.connect().sync(), source);
            new SoakReaders(out, own.connect().sync(), reader).run(Long.parseLong(arguments[4]), looking);
            meters.find("freshet.cache.fills")
                    .counters()
                    .forEach(counter -> out.println(
                            "N\tfill " + counter.getId().getTag("result") + "\t" + Math.round(counter.count())));
            out.println("done");
        }
        System.exit(0);
    }

    private static FreshCache.Builder builder(
            RedisClient client, HikariDataSource source, SimpleMeterRegistry meters, ObservationRegistry observations) {
        return FreshCache.builder(client, SnapshotSource.of(source))
                .fenceWindow(SoakIT.WINDOW)
                .leaseLife(SoakIT.WINDOW.dividedBy(2))
                .meters(meters)
                .observations(observations);
    }

    private void run(long seed, Connection looking) throws IOException, InterruptedException, SQLException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ScheduledExecutorService beside = Executors.newSingleThreadScheduledExecutor();
        var unused = beside.scheduleWithFixedDelay(() -> look(looking), 0, 10, TimeUnit.MILLISECONDS);
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS);
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * 131 + i);
            var unusedToo = threads.scheduleAtFixedRate(() -> readOne(random), 0, PERIOD_MICROS, TimeUnit.MICROSECONDS);
        }
        say("ready");
        in.readLine();
        threads.shutdown();
        threads.awaitTermination(60, TimeUnit.SECONDS);
        beside.shutdown();
        beside.awaitTermination(60, TimeUnit.SECONDS);
        Random random = new Random(seed);
        for (String key : keys) {
            for (boolean near : List.of(true, false)) {
                say("E\t" + key + "\t" + way(near) + "\t"
                        + reader.read(key, near, random).value());
            }
        }
    }

    /** Its lines go out in the order in which they were said: whoever reads after this has it behind it. */
    private long say(String line) {
        synchronized (out) {
            out.println(line);
            return System.nanoTime();
        }
    }

    private void look(Connection looking) {
        try (Statement statement = looking.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()")) {
            row.next();
            String snapshot = row.getString(1);
            synchronized (out) {
                out.println("V\t" + snapshot + "\t" + System.nanoTime());
                out.flush();
            }
        } catch (SQLException e) {
            failed(e);
        }
    }

    private void readOne(Random random) {
        try {
            // Some so often that readers of one process meet in one load.
            int bound = random.nextInt(3) == 0 ? HOT : keys.size();
            String key = keys.get(Shop.skewed(random, bound));
            boolean near = random.nextInt(3) > 0;
            lookAtFence(key);
            long began = System.nanoTime();
            Read read = reader.read(key, near, random);
            var unused =
                    say("R\t" + key + "\t" + way(near) + "\t" + read.outcome() + "\t" + began + "\t" + read.value());
        } catch (Exception | Error e) {
            failed(e);
        }
    }

    private void lookAtFence(String key) {
        for (String member : looks.zrange(Applied.fence(key), -LOOK, -1)) {
            if (Character.isDigit(member.charAt(0)) && isNew(key, member)) {
                synchronized (out) {
                    out.println("F\t" + key + "\t" + member + "\t" + System.nanoTime());
                }
            }
        }
    }

    private boolean isNew(String key, String transaction) {
        Set<String> known = told.computeIfAbsent(key, unknown -> new LinkedHashSet<>());
        synchronized (known) {
            if (known.size() > 10 * LOOK) {
                known.remove(known.iterator().next());
            }
            return known.add(transaction);
        }
    }

    private static String way(boolean near) {
        return near ? "near" : "redis";
    }

    private void failed(Throwable failure) {
        failure.printStackTrace();
        var unused = say("failed\t" + failure);
    }
}
