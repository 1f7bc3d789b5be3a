package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.KeyScan;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TableId;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.redis.MarkerStore.Replicas;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.redis.RedisInspection;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What is said of a real Redis and a real Kafka. */
class CacheExamIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final int FENCES = 20_000;
    private static final Position POSITION = new Position(1, new Lsn(1), new Lsn(2));

    /** The doctor's mend is all that this user is given; then it does everything that a store does. */
    @Test
    void whatTheMendGrantsIsEnoughForEverything() {
        Told told = Told.caches("""
                plain: { table: public.a, key: "plain:{id}" }
                stored: { table: public.a, key: "stored:{id}", on-change: refresh, value: { columns: [id] } }
                hashed: { table: public.a, key: "hashed:{id}", on-change: refresh, value: { format: hash, columns: [id] } }
                field: { table: public.a, key: "fields", field: "{id}", on-change: refresh, value: { columns: [id] } }
                tagged: { table: public.a, tag: "a:{id}", members: "tagged:*" }
                matched: { table: public.a, match: "matched:*" }
                """);
        try (EmbeddedStack stack = EmbeddedStack.builder()
                .redis(List.of("--user", "pipeline", "on", ">pw", "+evalsha", "+script|load"))
                .start()) {
            String url = stack.redis().url().replace("redis://", "redis://pipeline:pw@");
            new RedisJudge(told.config(), told.findings()).judge(look(url, told));
            assertThat(told.only()).isEqualTo(Severity.WRONG);
            grant(stack.redis().url(), told.mends().get(0));

            Told again = Told.caches("plain: { table: public.a, key: \"plain:{id}\" }");
            assertThat(look(url, told).refused()).contains(List.of());
            new RedisJudge(again.config(), again.findings()).judge(look(url, again));
            assertThat(again.all()).noneMatch(finding -> finding.severity() == Severity.WRONG);

            try (RedisCacheStore store = RedisCacheStore.at(url, WINDOW)) {
                everything(store);
            }
        }
    }

    private static RedisInspection.Facts look(String url, Told told) {
        return RedisInspection.look(url, RedisRights.of(told.config()));
    }

    private static void grant(String url, String mend) {
        RedisClient client = RedisClient.create(url);
        try (var connection = client.connect()) {
            String[] words = mend.split(" ");
            assertThat(mend).startsWith("ACL SETUSER pipeline ");
            var arguments = new CommandArgs<>(StringCodec.UTF8);
            Stream.of(words).skip(1).forEach(arguments::add);
            connection.sync().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
        } finally {
            client.shutdown();
        }
    }

    private static void everything(RedisCacheStore store) {
        Fence fence = Fence.of(7).and(Fence.REFUSE_ALL);
        for (int round = 0; round < 2; round++) {
            done(store.apply(List.of(
                    new KeyCommand.Invalidate("plain:1", Optional.empty(), Fence.of(8), Optional.empty(), false),
                    new KeyCommand.Invalidate("stored:2", Optional.empty(), fence, Optional.of(POSITION), true),
                    new KeyCommand.Invalidate("fields", Optional.of("2"), fence, Optional.empty(), true),
                    put("stored:1", Optional.empty(), new Value.Text("v")),
                    put("hashed:1", Optional.empty(), new Value.Hash(Map.of("id", "1"))),
                    put("fields", Optional.of("1"), new Value.Text("v")))));
        }
        List<Long> many = IntStream.range(100, 200).mapToObj(Long::valueOf).toList();
        many.forEach(id -> done(store.apply(List.of(
                new KeyCommand.Invalidate("plain:1", Optional.empty(), Fence.of(id), Optional.empty(), false)))));
        done(store.fencePattern("matched:*", fence, Optional.of(POSITION)));
        done(store.fencePattern("matched:*", fence, Optional.empty()));
        done(store.sweep(KeyScan.ofGlob("matched:*"), Optional.empty()));
        done(store.sweep(KeyScan.ofGlob("fields"), Optional.of(KeyScan.ofGlob("*"))));
        done(store.takeBack(KeyScan.ofGlob("stored:*"), fence));
        done(store.invalidateTag("a:1", fence));
        Optional<String> token = store.lease("stored:9", Duration.ofSeconds(5))
                .toCompletableFuture()
                .join();
        done(store.fill(
                "stored:9",
                token.orElseThrow(),
                Snapshot.parse("900:900:"),
                new Value.Text("v"),
                Optional.of(WINDOW),
                List.of("stored:*")));
        done(store.release("stored:9", token.get()));
        done(store.publishPatterns("shop", Map.of("a", "plain:*"), Map.of("b", "x:*")));
        done(store.publishedPatterns("shop"));
        done(store.bookmark("shop", "a", "1"));
        done(store.bookmarks("shop"));
        done(store.forgetBookmarks("shop", List.of("a")));
        var marker = store.marker("shop").toCompletableFuture().join();
        done(store.mark("shop", marker, Map.of("f", "1"), Replicas.NONE));
        assertThat(store.unfit().toCompletableFuture().join()).isEmpty();
    }

    private static KeyCommand put(String key, Optional<String> field, Value value) {
        return new KeyCommand.Store(key, field, value, Optional.of(WINDOW), Fence.of(9), POSITION, List.of("stored:*"));
    }

    /** Throws where Redis refused. */
    private static void done(CompletionStage<?> stage) {
        stage.toCompletableFuture().join();
    }

    @Test
    void aFenceTakesWhatIsReckonedWith() {
        Told told = Told.caches("k: { table: public.a, key: \"user:{id}\" }");
        try (EmbeddedStack stack = EmbeddedStack.builder().redis().start();
                RedisCacheStore store = RedisCacheStore.at(stack.redis().url(), Duration.ofMinutes(10))) {
            done(store.unfit());
            long before = used(stack, told);
            for (int from = 0; from < FENCES; from += 1000) {
                done(store.apply(IntStream.range(from, from + 1000)
                        .mapToObj(i -> (KeyCommand) new KeyCommand.Invalidate(
                                "user:" + (1_000_000 + i),
                                Optional.empty(),
                                Fence.of(5_000_000 + i),
                                Optional.empty(),
                                false))
                        .toList()));
            }

            double measured = (used(stack, told) - before) / (double) FENCES;

            double perSecond = FENCES / (double) WINDOW.toSeconds();
            double reckoned = FenceMemory.bytes(told.config(), Map.of(TableId.parse("public.a"), perSecond)) / FENCES;
            assertThat(measured).isBetween(reckoned * 0.6, reckoned * 1.1);
        }
    }

    private static long used(EmbeddedStack stack, Told told) {
        return look(stack.redis().url(), told).number("used_memory");
    }

    @Test
    void changesThatWaitForLongAreFoundByTheirAge() throws Exception {
        String servers = EmbeddedStack.shared().kafka().bootstrapServers();
        Told told = new Told("""
                kafka: { bootstrap-servers: "%s", topics: { partitions: 2, replication: 1 } }
                caches: { b: { table: public.books, key: "b:{id}" } }
                """.formatted(servers));
        String topic = "shop.public.books";
        long now = System.currentTimeMillis();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(Map.of("retention.ms", "86400000"))))
                    .all()
                    .get();
            try {
                for (int partition = 0; partition < 2; partition++) {
                    long age = Duration.ofHours(partition == 0 ? 20 : 1).toMillis();
                    producer.send(new ProducerRecord<>(topic, partition, now - age, "k", "v"))
                            .get();
                }
                admin.alterConsumerGroupOffsets(
                                "shop",
                                Map.of(
                                        new TopicPartition(topic, 0),
                                        new OffsetAndMetadata(0),
                                        new TopicPartition(topic, 1),
                                        new OffsetAndMetadata(0)))
                        .all()
                        .get();

                new KafkaExam(told.config(), servers, told.findings(), new Measures()).run();

                assertThat(told.messages())
                        .anyMatch(message ->
                                message.endsWith("half of the retention in " + topic + " partition 0; no writer runs"))
                        .noneMatch(message -> message.contains("could not look"));
            } finally {
                admin.deleteTopics(List.of(topic)).all().get();
                admin.deleteConsumerGroups(List.of("shop")).all().get();
            }
        }
    }
}
