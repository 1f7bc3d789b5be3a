package dev.freshet.benchmarks.micro;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Cell;
import dev.freshet.model.ColumnType;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Row;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.plan.CacheAction;
import dev.freshet.writer.plan.InvalidationPlanner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one change costs the writer, step by step: an update of a row of four columns, mapped to one key. One thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class WriterBenchmark {

    private static final int BATCH = 500;
    private static final TableId TABLE = new TableId("public", "item");
    private static final byte[] RECORD = """
            {"before":null,"after":{"id":4711,"n":12,"txt":"%s","price":"12.50"},"source":{"version":"3.6.3.Final",\
            "connector":"postgresql","name":"bench","ts_ms":1767225600000,"snapshot":"false","db":"postgres",\
            "sequence":"[\\"123456789\\",\\"123456889\\"]","ts_us":1767225600000000,"ts_ns":1767225600000000000,\
            "schema":"public","table":"item","txId":4242,"lsn":123456889,"xmin":null},"transaction":null,"op":"u",\
            "ts_ms":1767225600001,"ts_us":1767225600001000,"ts_ns":1767225600001000000}""".formatted("x".repeat(100)).getBytes(StandardCharsets.UTF_8);

    private final TableShape shape = shape();
    private final RecordDecoder decoder = new RecordDecoder(
            Set.of(TABLE), table -> Optional.of(shape), (described, row) -> row, InstantSource.system());
    private final KeyTemplate template = KeyTemplate.parse("item:{id}");
    private final InvalidationPlanner planner = InvalidationPlanner.of(List.of(new CacheMapping(
            "item",
            TABLE,
            new CacheMapping.Target.Key(template),
            CacheMapping.OnChange.DELETE,
            Set.of(),
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.empty())));
    private final Decoded.Change change = (Decoded.Change) decoder.decode(RECORD, OptionalLong.of(1));
    private final Row row = Row.of(Map.of("id", Cell.known("4711", Cell.Kind.INTEGER)));
    private final CacheStore store = RedisCacheStore.at(System.getProperty("bench.redis"), Duration.ofSeconds(30));
    private final AtomicLong next = new AtomicLong();

    private static TableShape shape() {
        Map<String, TableShape.Column> columns = new LinkedHashMap<>();
        Map.of("id", "int4", "n", "int4", "txt", "text", "price", "numeric")
                .forEach((name, type) -> columns.put(
                        name,
                        new TableShape.Column(
                                name, ColumnType.named(type), type, -1, name.equals("id"), Optional.empty())));
        return new TableShape(TABLE, columns, List.of("id"), Set.of("id"));
    }

    /** Ends the connection. */
    @TearDown
    public void end() {
        store.close();
    }

    /** From Debezium's JSON to a row change. */
    @Benchmark
    public Decoded decode() {
        return decoder.decode(RECORD, OptionalLong.of(1));
    }

    /** From a row change to what it touches. */
    @Benchmark
    public List<CacheAction> plan() {
        return planner.plan(change.change(), shape);
    }

    /** From a row to a key. */
    @Benchmark
    public KeyTemplate.Rendered render() {
        return template.render(row);
    }

    /** One key, fenced and unlinked: a round trip. */
    @Benchmark
    public CacheStore.Outcome scriptCall() {
        return store.apply(List.of(command())).toCompletableFuture().join();
    }

    /** A key of 500 that are applied together. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public CacheStore.Outcome scriptCallOfMany() {
        List<KeyCommand> commands = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            commands.add(command());
        }
        return store.apply(commands).toCompletableFuture().join();
    }

    private KeyCommand command() {
        long id = next.incrementAndGet();
        return new KeyCommand.Invalidate(
                "item:" + id % 100_000,
                Optional.empty(),
                Fence.of(id),
                Optional.of(new Position(1, new Lsn(id), new Lsn(id))),
                false);
    }
}
