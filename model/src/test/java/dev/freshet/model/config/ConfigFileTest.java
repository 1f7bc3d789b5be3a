package dev.freshet.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.TableId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    static final String SAMPLE = """
            pipeline: shop                    # names the slot, publication, topics and consumer group
            postgres:
              url: jdbc:postgresql://localhost:5432/shop
              user: freshet
              password: ${POSTGRES_PASSWORD}
              max-retained-wal: 20GB
              on-max-retained-wal: drop
              properties: { sslmode: verify-full }   # any pgjdbc property
            kafka:
              bootstrap-servers: localhost:9092
              data-dir: ~/.freshet/elsewhere
              topics: { partitions: 12, replication: 2, retention: 48h }
              properties: { security.protocol: SASL_SSL }
            redis:
              url: redis://:${REDIS_PASSWORD:none}@localhost:6379
              replay-on-failover: 90s
            listener: { http: "0.0.0.0:9081" }
            writer: { http: "[::1]:9082", on-attach: keep, fence-window: 1m, console-token: 0123456789abcdef }
            caches:
              book:
                table: public.books
                key: "book:{id}"
                safe-fills: false
                redelete-after: 500ms
              author-books:
                table: public.books
                key: "author:{author_id}:books"
              price-field:
                table: public.books
                key: "prices"
                field: "{id}"
              book-card:
                table: public.books
                key: "card:{id}"
                on-change: refresh
                value: { format: hash, columns: [id, title, price] }
                ttl: 1h
              order-summary:
                table: sales.Order.Items
                key: "order:{order_id}:summary"
                on-change: refresh
                query: select jsonb_agg(i) from order_items i where order_id = :order_id
              catalogue:
                table: public.books
                tag: "genre:{genre_id}"
                members: "shelf:*"
                columns: [price, genre_id]
              legacy-lists:
                table: public.books
                match: "*:list"
                allow-full-scan: true
                when: "row.status == 'published'"
            """;

    static final Map<String, String> ENVIRONMENT = Map.of("POSTGRES_PASSWORD", "s3cret: #}", "HOME", "/home/ann");

    private static final String LEAST = """
            pipeline: shop
            postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
            redis: { url: "redis://cache" }
            caches: { book: { table: public.books, key: "book:{id}" } }
            """;

    @Test
    void filesForTlsStandBesideTheFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("freshet.yml"), """
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "rediss://cache", tls: { ca: ca.pem, certificate: /tls/c.pem, key: ~/k.pem } }
                caches: { book: { table: public.books, key: "book:{id}" } }
                """);

        assertThat(ConfigFile.parse(file, ENVIRONMENT).config().redis().tls())
                .isEqualTo(new RedisTls(
                        Optional.of(directory.resolve("ca.pem")),
                        Optional.of(Path.of("/tls/c.pem")),
                        Optional.of(Path.of("/home/ann/k.pem"))));
    }

    @Test
    void everyNameOfTheSampleIsRead() {
        FreshetConfig config = ConfigFile.parse(SAMPLE, ENVIRONMENT).config();

        assertThat(config.pipeline()).isEqualTo("shop");
        assertThat(config.postgres())
                .isEqualTo(new PostgresConfig(
                        "jdbc:postgresql://localhost:5432/shop",
                        "freshet",
                        new Secret("s3cret: #}"),
                        20L << 30,
                        PostgresConfig.OnMaxRetainedWal.DROP,
                        Map.of("sslmode", "verify-full")));
        assertThat(config.kafka())
                .isEqualTo(new KafkaConfig(
                        Optional.of("localhost:9092"),
                        Path.of("/home/ann/.freshet/elsewhere"),
                        12,
                        2,
                        Duration.ofDays(2),
                        Map.of("security.protocol", "SASL_SSL")));
        assertThat(config.redis())
                .isEqualTo(new RedisConfig(new Secret("redis://:none@localhost:6379"), Duration.ofSeconds(90), 0));
        assertThat(config.listener()).isEqualTo(new ListenerConfig(new HostPort("0.0.0.0", 9081)));
        assertThat(config.writer())
                .isEqualTo(new WriterConfig(
                        new HostPort("::1", 9082),
                        WriterConfig.OnAttach.KEEP,
                        Duration.ofMinutes(1),
                        Optional.of(new Secret("0123456789abcdef"))));
        TableId books = new TableId("public", "books");
        assertThat(config.caches())
                .containsExactly(
                        new CacheMapping(
                                "book",
                                books,
                                new Target.Key(KeyTemplate.parse("book:{id}")),
                                OnChange.DELETE,
                                Set.of(),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                Optional.of(Duration.ofMillis(500))),
                        mapping("author-books", books, new Target.Key(KeyTemplate.parse("author:{author_id}:books"))),
                        mapping(
                                "price-field",
                                books,
                                new Target.Field(KeyTemplate.parse("prices"), KeyTemplate.parse("{id}"))),
                        new CacheMapping(
                                "book-card",
                                books,
                                new Target.Key(KeyTemplate.parse("card:{id}")),
                                new OnChange.RefreshRow(ValueFormat.HASH, java.util.List.of("id", "title", "price")),
                                Set.of(),
                                Optional.empty(),
                                Optional.of(Duration.ofHours(1)),
                                true,
                                Optional.empty()),
                        new CacheMapping(
                                "order-summary",
                                new TableId("sales", "Order.Items"),
                                new Target.Key(KeyTemplate.parse("order:{order_id}:summary")),
                                new OnChange.RefreshQuery(
                                        "select jsonb_agg(i) from order_items i where order_id = :order_id",
                                        ValueFormat.JSON),
                                Set.of(),
                                Optional.empty(),
                                Optional.empty(),
                                true,
                                Optional.empty()),
                        new CacheMapping(
                                "catalogue",
                                books,
                                new Target.Tag(KeyTemplate.parse("genre:{genre_id}"), "shelf:*"),
                                OnChange.DELETE,
                                Set.of("price", "genre_id"),
                                Optional.empty(),
                                Optional.empty(),
                                true,
                                Optional.empty()),
                        new CacheMapping(
                                "legacy-lists",
                                books,
                                new Target.Match("*:list"),
                                OnChange.DELETE,
                                Set.of(),
                                Optional.of("row.status == 'published'"),
                                Optional.empty(),
                                true,
                                Optional.empty()));
    }

    @Test
    void whatIsLeftOutHasADefault() {
        FreshetConfig config =
                ConfigFile.parse(LEAST, Map.of("HOME", "/home/ann")).config();

        assertThat(config.postgres().password()).isEqualTo(new Secret(""));
        assertThat(config.postgres().maxRetainedWal()).isEqualTo(10L << 30);
        assertThat(config.postgres().onMaxRetainedWal()).isEqualTo(PostgresConfig.OnMaxRetainedWal.WARN);
        assertThat(config.postgres().properties()).isEmpty();
        assertThat(config.kafka())
                .isEqualTo(new KafkaConfig(
                        Optional.empty(), Path.of("/home/ann/.freshet/shop"), 6, 1, Duration.ofHours(24), Map.of()));
        assertThat(config.redis().replayOnFailover()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.listener().http()).isEqualTo(new HostPort("127.0.0.1", 8081));
        assertThat(config.writer())
                .isEqualTo(new WriterConfig(
                        new HostPort("127.0.0.1", 8082),
                        WriterConfig.OnAttach.FLUSH,
                        Duration.ofSeconds(30),
                        Optional.empty()));
        assertThat(config.caches())
                .containsExactly(mapping(
                        "book", new TableId("public", "books"), new Target.Key(KeyTemplate.parse("book:{id}"))));
    }

    @Test
    void aClusterKeepsThreeCopiesUnlessTold() {
        assertThat(ConfigFile.parse(LEAST + "kafka: { bootstrap-servers: 'a:1,b:2' }\n", Map.of())
                        .config()
                        .kafka()
                        .replication())
                .isEqualTo(3);
    }

    @Test
    void emptyBootstrapServersMeanTheEmbeddedBroker() {
        KafkaConfig kafka = ConfigFile.parse(LEAST + "kafka: { bootstrap-servers: '${KAFKA:}' }\n", Map.of())
                .config()
                .kafka();

        assertThat(kafka.bootstrapServers()).isEmpty();
        assertThat(kafka.replication()).isEqualTo(1);
    }

    @Test
    void aDoubledDollarStandsForItself() {
        String text = LEAST.replace("book:{id}", "$${NAME}:${SHOP}:${X:y:z}");

        assertThat(ConfigFile.parse(text, Map.of("SHOP", "s"))
                        .config()
                        .caches()
                        .get(0)
                        .target())
                .isEqualTo(new Target.Key(KeyTemplate.parse("${NAME}:s:y:z")));
    }

    @Test
    void aValueComesFromAFileWithoutTheEndOfItsLine(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("password"), "  s3cret: ${HOME} \r\n");
        Path redis = Files.writeString(directory.resolve("redis"), "pass");
        Path file = Files.writeString(
                directory.resolve("freshet.yml"),
                LEAST.replace("user: freshet", "user: freshet, password: \"${file:password}\"")
                        .replace("redis://cache", "redis://:${file:" + redis + "}@cache/${DATABASE:1}"));

        FreshetConfig config = ConfigFile.parse(file, Map.of()).config();

        assertThat(config.postgres().password()).isEqualTo(new Secret("  s3cret: ${HOME} "));
        assertThat(config.redis().url()).isEqualTo(new Secret("redis://:pass@cache/1"));
    }

    @Test
    void whatAFileHoldsIsInNoMessage(@TempDir Path directory) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "s3cret");
        String text = LEAST.replace("pipeline: shop", "pipeline: ${file:" + secret + "}!");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.parse(text, Map.of()))
                .withMessageContaining("'${file:" + secret + "}!' names a replication slot")
                .withMessageNotContaining("s3cret");
    }

    @Test
    void aFileThatHoldsNoValueIsNamedWithItsLine(@TempDir Path directory) throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        Path large = Files.writeString(directory.resolve("large"), "s3cret".repeat(20_000));
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 's', '3'});
        Map<String, String> mends = Map.of(
                directory.resolve("none").toString(), "does not exist; mount it",
                directory.toString(), "cannot be read; name a file",
                empty.toString(), "is empty; write the value into it",
                large.toString(), "is larger than 64 KB",
                binary.toString(), "is not UTF-8 text");
        mends.forEach((path, mend) -> {
            String text = LEAST.replace("user: freshet", "user: freshet, password: \"${file:" + path + "}\"");
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> ConfigFile.parse(text, Map.of()))
                    .satisfies(e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                        assertThat(problem.path()).isEqualTo("postgres.password");
                        assertThat(problem.line()).isEqualTo(2);
                        assertThat(problem.message()).contains("the file '" + path + "' " + mend);
                    }))
                    .withMessageNotContaining("s3");
        });
    }

    @Test
    void aRelativeDataDirectoryStartsFromTheFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("freshet.yml"), LEAST + "kafka: { data-dir: ../broker }\n");

        assertThat(ConfigFile.parse(file, Map.of()).config().kafka().dataDir())
                .isEqualTo(directory.resolveSibling("broker"));
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path directory) {
        Path file = directory.resolve("none.yml");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.parse(file, Map.of()))
                .withMessageContaining("there is no such file: " + file);
    }

    @Test
    void aLaterProblemStandsAtItsLineOrTheNearestAbove() {
        ConfigFile file = ConfigFile.parse(SAMPLE, ENVIRONMENT);

        assertThat(file.problem("caches.book-card.key", "x").line()).isEqualTo(34);
        assertThat(file.problem("caches.book.on-change", "x").line()).isEqualTo(20);
        assertThat(file.problem("caches.book-card.value.columns", "x").line()).isEqualTo(36);
        assertThat(file.problem("nowhere", "x").line()).isZero();
    }

    @Test
    void noSecretIsPrinted() {
        String text = ConfigFile.parse(SAMPLE, ENVIRONMENT).config().toString();

        assertThat(text).doesNotContain("s3cret").doesNotContain("none@").doesNotContain("SASL_SSL");
    }

    private static CacheMapping mapping(String name, TableId table, Target target) {
        return new CacheMapping(
                name,
                table,
                target,
                OnChange.DELETE,
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty());
    }
}
