package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL in recovery: its snapshots name no transaction in progress, so what they seem to see proves nothing. */
class RecoveryIT {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void whatAServerInRecoveryToldIsReturnedButNotStored() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (EmbeddedStack stack = EmbeddedStack.builder()
                .postgres()
                .redis()
                .dataDir(directory)
                .fsync(false)
                .start()) {
            Source source = new Source(stack.postgres());
            source.execute("INSERT INTO books VALUES (1, 'Emma')");
            stack.postgres().stop();
            Files.createFile(cluster().resolve("standby.signal"));
            stack.postgres().start();

            RedisClient client = RedisClient.create(stack.redis().url());
            try (FreshCache cache = FreshCache.builder(client, source::snapshot)
                    .meters(meters)
                    // The machine may be busy.
                    .commandTimeout(Duration.ofSeconds(10))
                    .build()) {
                JdbcLoader<Source.Book> own =
                        JdbcLoader.of(new OneConnection(source.connect()), connection -> source.book(connection, 1));
                assertThat(cache.get("book:1", Source.Book.class, source.book(1)))
                        .contains(new Source.Book(1, "Emma"));
                assertThat(cache.get("book:1", Source.Book.class, own)).contains(new Source.Book(1, "Emma"));
                assertThat(client.connect().sync().exists("book:1")).isZero();
                assertThat(meters.get("freshet.cache.fills")
                                .tag("result", FillResult.REFUSED_SNAPSHOT.tag)
                                .counter()
                                .count())
                        .isEqualTo(2);
            } finally {
                client.shutdown();
            }
        }
    }

    private Path cluster() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("PG_VERSION"))
                    .map(Path::getParent)
                    .filter(parent -> Files.exists(parent.resolve("postgresql.conf")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
