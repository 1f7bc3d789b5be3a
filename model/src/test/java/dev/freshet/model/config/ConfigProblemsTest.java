package dev.freshet.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wrong configuration gets one error, which names the path, the line and the mend. */
class ConfigProblemsTest {

    private static final String RIGHT = """
            pipeline: shop
            postgres:
              url: jdbc:postgresql://localhost/shop
              user: freshet
            redis:
              url: redis://localhost
            caches:
              book:
                table: public.books
                key: "book:{id}"
            """;

    private static final String REFRESH = "key: \"book:{id}\"\n    on-change: refresh\n    ";
    private static final String TAG = "tag: \"genre:{id}\"\n    members: \"shelf:*\"\n    ";
    private static final String VALUE = "value: { columns: [id] }\n    ";

    /** What to replace in {@link #RIGHT}, by what; the path, the line and a part of the message. */
    static Stream<Arguments> wrong() {
        return Stream.of(
                // the file as YAML
                row("pipeline: shop", "pipeline: [", "", 3, "not YAML"),
                row("pipeline: shop", "pipeline: shop: shop", "", 1, "not YAML: mapping values are not allowed here"),
                row("redis:\n", "\tredis:\n", "", 4, "not YAML"),
                row(
                        "pipeline: shop",
                        "pipeline: shop\npipeline: shop",
                        "pipeline",
                        2,
                        "is given twice, first in line 1"),
                row("  user: freshet", "  user: freshet\n  user: me", "postgres.user", 5, "keep one of them"),
                row(
                        "user: freshet",
                        "user: &me freshet\n  password: *me",
                        "postgres.password",
                        5,
                        "aliases are not",
                        "postgres.password",
                        "has no value"),
                row("    key: \"book:{id}\"\n", "    key: \"book:{id}\"\n---\na: b\n", "", 12, "a second document"),
                // names
                row("redis:\n", "reddis: 1\nredis:\n", "reddis", 5, "unknown name; did you mean 'redis'?"),
                row(
                        "user: freshet",
                        "user: freshet\n  Password: x",
                        "postgres.Password",
                        5,
                        "did you mean 'password'?"),
                row(
                        "user: freshet",
                        "user: freshet\n  colour: x",
                        "postgres.colour",
                        5,
                        "known here: url, user, password"),
                row("redis:\n", "kafka: { brokers: x }\nredis:\n", "kafka.brokers", 5, "known here: bootstrap-servers"),
                row(
                        "redis:\n",
                        "kafka: { topics: { partition: 2 } }\nredis:\n",
                        "kafka.topics.partition",
                        5,
                        "'partitions'?"),
                row("redis:\n", "listener: { htpp: x }\nredis:\n", "listener.htpp", 5, "did you mean 'http'?"),
                row(
                        "redis:\n",
                        "writer: { onattach: keep }\nredis:\n",
                        "writer.onattach",
                        5,
                        "did you mean 'on-attach'?"),
                row("localhost\ncaches", "localhost\n  database: 1\ncaches", "redis.database", 7, "known here: url"),
                row(
                        "    key: ",
                        "    ky: ",
                        "caches.book.ky",
                        10,
                        "did you mean 'key'?",
                        "caches.book",
                        "names no key"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "value: { colums: [id] , columns: [id] }",
                        "caches.book.value.colums",
                        12,
                        "did you mean 'columns'?"),
                // missing
                row("pipeline: shop\n", "", "pipeline", 1, "is missing; write for example 'pipeline: shop'"),
                row("  url: jdbc:postgresql://localhost/shop\n", "", "postgres.url", 2, "is missing"),
                row("  user: freshet\n", "", "postgres.user", 2, "is missing; write for example 'user: freshet'"),
                row("user: freshet", "user: ''", "postgres.user", 4, "is empty"),
                row("user: freshet", "user:", "postgres.user", 4, "is missing"),
                row("user: freshet", "user: freshet\n  password:", "postgres.password", 5, "has no value"),
                row("  url: redis://localhost\n", "", "redis.url", 5, "is missing"),
                row("redis:\n  url: redis://localhost\n", "", "redis.url", 1, "write for example 'url: redis://"),
                row("redis://localhost", "redis-socket://run/redis.sock", "redis.url", 6, "it names no path"),
                row("redis://localhost", "redis+cluster://a:1,,c:3", "redis.url", 6, "a node that is no host:port"),
                row("redis://localhost", "redis+cluster://a:1,c:3/1", "redis.url", 6, "no other database than 0"),
                row(
                        "url: redis://localhost\n",
                        "url: redis://localhost\n  tls: { ca: ca.pem }\n",
                        "redis.tls",
                        7,
                        "write rediss://"),
                row(
                        "url: redis://localhost\n",
                        "url: rediss://localhost\n  tls: { key: key.pem }\n",
                        "redis.tls",
                        7,
                        "certificate and key belong together"),
                row("    table: public.books\n", "", "caches.book.table", 8, "is missing; write for example 'table: "),
                row(
                        "  book:\n    table: public.books\n    key: \"book:{id}\"\n",
                        "",
                        "caches",
                        7,
                        "maps no cache; add"),
                // variables
                row(
                        "user: freshet",
                        "user: ${ROLE}",
                        "postgres.user",
                        4,
                        "the environment variable ROLE is not set; set it, or write ${ROLE:default}"),
                row("user: freshet", "user: ${ROLE", "postgres.user", 4, "never closed by '}'"),
                row("user: freshet", "user: ${my-role}", "postgres.user", 4, "written ${NAME} or ${NAME:default}"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "value: { columns: [\"${C}\"] }",
                        "caches.book.value.columns[0]",
                        12,
                        "variable C is not set"),
                // types
                row("pipeline: shop", "pipeline: [shop]", "pipeline", 1, "must be a single value, not a list"),
                row("user: freshet", "user: { a: b }", "postgres.user", 4, "not a group of names"),
                row(
                        "redis:\n  url: redis://localhost\n",
                        "redis: redis://localhost\n",
                        "redis",
                        5,
                        "a group of names, not a",
                        "redis.url",
                        "is missing"),
                row(
                        "redis:\n",
                        "kafka: { topics: { partitions: many } }\nredis:\n",
                        "kafka.topics.partitions",
                        5,
                        "'many' must be a whole number between 1 and 10000"),
                row(
                        "redis:\n",
                        "kafka: { topics: { partitions: 0 } }\nredis:\n",
                        "kafka.topics.partitions",
                        5,
                        "between 1"),
                row(
                        "redis:\n",
                        "kafka: { topics: { retention: 24 } }\nredis:\n",
                        "kafka.topics.retention",
                        5,
                        "'24' is no duration; write a number and one of ms, s, m, h, d"),
                row(
                        "redis:\n",
                        "kafka: { topics: { retention: 5s } }\nredis:\n",
                        "kafka.topics.retention",
                        5,
                        "between 60s"),
                row(
                        "redis:\n",
                        "writer: { fence-window: 1s }\nredis:\n",
                        "writer.fence-window",
                        5,
                        "between 2s and 3600s"),
                row("redis:\n", "writer: { fence-window: 1 s }\nredis:\n", "writer.fence-window", 5, "is no duration"),
                row(
                        "redis:\n",
                        "writer: { on-attach: flsh }\nredis:\n",
                        "writer.on-attach",
                        5,
                        "must be flush or keep; did you mean 'flush'?"),
                row("redis:\n", "writer: { http: 8082 }\nredis:\n", "writer.http", 5, "such as 127.0.0.1:8081"),
                row(
                        "redis:\n",
                        "writer: { console-token: hunter2 }\nredis:\n",
                        "writer.console-token",
                        5,
                        "must be 16 to 256 letters"),
                row(
                        "redis:\n",
                        "listener: { http: 'a:70000' }\nredis:\n",
                        "listener.http",
                        5,
                        "must have the form host:port"),
                row(
                        "user: freshet",
                        "user: freshet\n  max-retained-wal: 10",
                        "postgres.max-retained-wal",
                        5,
                        "one of B, kB, MB, GB, TB"),
                row(
                        "user: freshet",
                        "user: freshet\n  max-retained-wal: 9999999999TB",
                        "postgres.max-retained-wal",
                        5,
                        "is too large"),
                row("user: freshet", "user: freshet\n  max-retained-wal: 1kB", "postgres.max-retained-wal", 5, "1MB"),
                row(
                        "user: freshet",
                        "user: freshet\n  on-max-retained-wal: dropp",
                        "postgres.on-max-retained-wal",
                        5,
                        "must be warn or drop; did you mean 'drop'?"),
                row(
                        "redis://localhost",
                        "redis://localhost\n  replay-on-failover: soon",
                        "redis.replay-on-failover",
                        7,
                        "is no duration"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    safe-fills: no",
                        "caches.book.safe-fills",
                        11,
                        "'no' must be true or false"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    columns: id",
                        "caches.book.columns",
                        11,
                        "must be a list, such as [id, title]"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    columns: []",
                        "caches.book.columns",
                        11,
                        "empty list"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    columns: [id, id]",
                        "caches.book.columns",
                        11,
                        "names 'id' twice"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    on-change: refersh",
                        "caches.book.on-change",
                        11,
                        "must be delete or refresh; did you mean 'refresh'?"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    columns:",
                        "caches.book.columns",
                        11,
                        "must be a list, such as [id, title]"),
                // forms
                row("pipeline: shop", "pipeline: Shop", "pipeline", 1, "names a replication slot too: a small letter"),
                row("pipeline: shop", "pipeline: 1shop", "pipeline", 1, "a small letter"),
                row(
                        "jdbc:postgresql://localhost/shop",
                        "postgres://localhost/shop",
                        "postgres.url",
                        3,
                        "must have the form jdbc:postgresql://host:5432/database"),
                row("jdbc:postgresql://localhost/shop", "jdbc:postgresql://localhost", "postgres.url", 3, "/database"),
                row(
                        "localhost/shop",
                        "localhost/shop?password=hidden",
                        "postgres.url",
                        3,
                        "put them into postgres.user"),
                row(
                        "user: freshet",
                        "user: freshet\n  properties: { user: me }",
                        "postgres.properties.user",
                        5,
                        "belongs to postgres.user"),
                row("redis://localhost", "http://localhost", "redis.url", 6, "must have the form redis://host:6379"),
                row("redis://localhost", "localhost:6379", "redis.url", 6, "must have the form redis://host:6379"),
                row("redis://localhost", "redis://", "redis.url", 6, "names no host"),
                row("redis://localhost", "redis-sentinel://localhost", "redis.url", 6, "names no master after a #"),
                row(
                        "redis:\n",
                        "kafka: { bootstrap-servers: 'a:1,b' }\nredis:\n",
                        "kafka.bootstrap-servers",
                        5,
                        "'b' must have the form host:9092"),
                row(
                        "redis:\n",
                        "kafka: { data-dir: ' ' }\nredis:\n",
                        "kafka.data-dir",
                        5,
                        "is empty; name a directory"),
                row(
                        "redis:\n",
                        "kafka: { bootstrap-servers: 'a:1', properties: { acks: 1 } }\nredis:\n",
                        "kafka.properties.acks",
                        5,
                        "set by Freshet itself, which depends on it; leave it out"),
                row(
                        "redis:\n",
                        "kafka: { bootstrap-servers: 'a:1', properties: { partitioner.class: P } }\nredis:\n",
                        "kafka.properties.partitioner.class",
                        5,
                        "set by Freshet itself, which depends on it; leave it out"),
                row(
                        "redis:\n",
                        "kafka: { bootstrap-servers: 'a:1', properties: { client.id: mine } }\nredis:\n",
                        "kafka.properties.client.id",
                        5,
                        "another one for each of its clients; leave it out"),
                row(
                        "redis:\n",
                        "kafka: { bootstrap-servers: 'a:1', properties: { group.protocol: Consumer,"
                                + " session.timeout.ms: 9000 } }\nredis:\n",
                        "kafka.properties.session.timeout.ms",
                        5,
                        "set by the brokers with group.protocol: consumer (their group.consumer.session.timeout.ms)"),
                row(
                        "redis:\n",
                        "kafka: { bootstrap-servers: 'a:1', properties: { group.protocol: new } }\nredis:\n",
                        "kafka.properties.group.protocol",
                        5,
                        "must be classic or consumer"),
                row("  book:\n", "  my book:\n", "caches.my book", 8, "holds letters, digits, - and _"),
                row(
                        "public.books",
                        "books",
                        "caches.book.table",
                        9,
                        "must be schema.table, as stored, such as public.books"),
                row("public.books", "pg_catalog.pg_class", "caches.book.table", 9, "belongs to PostgreSQL itself"),
                row("book:{id}", "book:{id", "caches.book.key", 10, "'{' at character 6 is never closed by '}'"),
                row("book:{id}", "book:{}", "caches.book.key", 10, "names no column"),
                row("book:{id}", "", "caches.book.key", 10, "the template is empty"),
                row(
                        "key: \"book:{id}\"",
                        "key: books\n    field: \"id}\"",
                        "caches.book.field",
                        11,
                        "write '}}' for a brace"),
                row("key: \"book:{id}\"", "match: ''", "caches.book.match", 10, "is empty"),
                // combinations
                row(
                        "redis:\n",
                        "kafka: { topics: { replication: 3 } }\nredis:\n",
                        "kafka.topics.replication",
                        5,
                        "must be 1 without kafka.bootstrap-servers"),
                row(
                        "redis:\n",
                        "kafka: { properties: { a: b } }\nredis:\n",
                        "kafka.properties",
                        5,
                        "no use without kafka.bootstrap-servers"),
                row("    key: \"book:{id}\"\n", "", "caches.book", 8, "names no key; add one of key, match or tag"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    match: \"books:*\"",
                        "caches.book",
                        8,
                        "has key and match; a cache has one of key, match or tag, so split it"),
                row(
                        "key: \"book:{id}\"",
                        "match: \"books:*\"\n    field: x",
                        "caches.book.field",
                        11,
                        "is of a hash, whose key is missing"),
                row("key: \"book:{id}\"", "tag: \"genre:{id}\"", "caches.book.tag", 10, "needs members"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    members: \"a:*\"",
                        "caches.book.members",
                        11,
                        "belongs to a tag"),
                row(
                        "book:{id}",
                        "{id}:book",
                        "caches.book.key",
                        10,
                        "'book:{id}:book', or accept that with allow-full-scan: true"),
                row("key: \"book:{id}\"", "match: \"*:books\"", "caches.book.match", 10, "allow-full-scan: true"),
                row("key: \"book:{id}\"", "match: \"[ab]:books\"", "caches.book.match", 10, "allow-full-scan: true"),
                row(
                        "key: \"book:{id}\"",
                        "tag: \"g:{id}\"\n    members: \"?x\"",
                        "caches.book.members",
                        11,
                        "allow-full-scan: true"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    ttl: 1h",
                        "caches.book.ttl",
                        11,
                        "is of what a refresh stores, and this cache deletes; add on-change: refresh"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    value: { columns: [id] }",
                        "caches.book.value",
                        11,
                        "add on-change: refresh, or leave it out"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    query: select 1",
                        "caches.book.query",
                        11,
                        "add on-change: refresh, or leave it out"),
                row(
                        "key: \"book:{id}\"",
                        TAG + "ttl: 1h",
                        "caches.book.ttl",
                        12,
                        "is of what a refresh stores, and this cache deletes; leave it out"),
                row(
                        "key: \"book:{id}\"",
                        TAG + "value: { columns: [id] }",
                        "caches.book.value",
                        12,
                        "is what a refresh stores; leave it out"),
                row(
                        "key: \"book:{id}\"",
                        TAG + "query: select 1",
                        "caches.book.query",
                        12,
                        "is what a refresh stores; leave it out"),
                row("key: \"book:{id}\"", TAG + "field: x", "caches.book.field", 12, "is of a hash"),
                row(
                        "key: \"book:{id}\"",
                        TAG + "safe-fills: false",
                        "caches.book.safe-fills",
                        12,
                        "cannot be false with tag"),
                row(
                        "key: \"book:{id}\"",
                        TAG + "redelete-after: 1s",
                        "caches.book.redelete-after",
                        12,
                        "whose keys are under no tag; leave it out"),
                row(
                        "key: \"book:{id}\"",
                        TAG + "on-change: refresh\n    " + VALUE,
                        "caches.book.on-change",
                        12,
                        "cannot be refresh with tag"),
                row("key: \"book:{id}\"", REFRESH, "caches.book.on-change", 11, "nothing says what to store"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "value: { format: json }",
                        "caches.book.on-change",
                        11,
                        "nothing says what to store"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "value: { columns: [] }",
                        "caches.book.value.columns",
                        12,
                        "empty list"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "value: { format: xml, columns: [id] }",
                        "caches.book.value.format",
                        12,
                        "must be json or hash"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + VALUE + "query: select 1",
                        "caches.book.query",
                        13,
                        "both say what is stored; keep one of them"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + VALUE + "safe-fills: false",
                        "caches.book.safe-fills",
                        13,
                        "cannot be false with on-change: refresh"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + VALUE + "redelete-after: 1s",
                        "caches.book.redelete-after",
                        13,
                        "would delete what the refresh stored"),
                row(
                        "key: \"book:{id}\"",
                        "key: \"book:{id}\"\n    redelete-after: 30s",
                        "caches.book.redelete-after",
                        11,
                        "must be shorter than writer.fence-window (30s)"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "field: id\n    value: { format: hash, columns: [id] }",
                        "caches.book.value.format",
                        13,
                        "one field holds one text; write json"),
                row(
                        "key: \"book:{id}\"",
                        REFRESH + "field: id\n    query: select 1",
                        "caches.book.query",
                        13,
                        "cannot rebuild one field of a hash"),
                row(
                        "key: \"book:{id}\"",
                        "match: \"books:*\"\n    on-change: refresh\n    " + VALUE,
                        "caches.book.on-change",
                        11,
                        "cannot be refresh with match"),
                row("key: \"book:{id}\"\n", """
                        key: "book:{id}"
                          other:
                            table: public_books.x
                            key: "x:{id}"
                          third:
                            table: public.books_x
                            key: "x:{id}"
                        """, "caches.third.table", 15, "would share the Kafka topic"));
    }

    @ParameterizedTest(name = "[{index}] {2}: {4}")
    @MethodSource("wrong")
    void aWrongConfigurationIsNamedWithItsMend(
            String right, String wrong, String path, int line, String message, List<String> second) {
        assertThat(RIGHT).contains(right);

        List<ConfigProblem> problems = problems(RIGHT.replace(right, wrong), Map.of());

        assertThat(problems)
                .as("%s", problems)
                .anySatisfy(problem -> {
                    assertThat(problem.path()).isEqualTo(path);
                    assertThat(problem.line()).isEqualTo(line);
                    assertThat(problem.message()).contains(message);
                })
                .hasSize(second.isEmpty() ? 1 : 2);
        if (!second.isEmpty()) {
            assertThat(problems).anySatisfy(problem -> {
                assertThat(problem.path()).isEqualTo(second.get(0));
                assertThat(problem.message()).contains(second.get(1));
            });
        }
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheFile() {
        String text = RIGHT.replace("pipeline: shop", "pipeline: Shop")
                .replace("user: freshet", "usr: freshet")
                .replace("redis://", "http://")
                .replace("book:{id}", "book:{id");

        assertThat(problems(text, Map.of()))
                .extracting(ConfigProblem::path)
                .containsExactly("pipeline", "postgres.user", "postgres.usr", "redis.url", "caches.book.key");
    }

    @Test
    void noProblemQuotesASecret() {
        String text = """
                pipeline: shop
                postgres: { url: "jdbc:postgresql://u:hidden@h/d?password=hidden", user: a, password: [hidden] }
                redis: { url: "redis://:hidden@" }
                kafka: { properties: { sasl.jaas.config: [hidden] } }
                caches: { b: { table: a.b, key: "b:{id}" } }
                """;

        assertThat(problems(text, Map.of()))
                .hasSize(4)
                .noneSatisfy(problem -> assertThat(problem.toString()).contains("hidden"));
        assertThat(problems("postgres: { password: hidden, user: \"", Map.of()))
                .noneSatisfy(problem -> assertThat(problem.toString()).contains("hidden"));
    }

    @Test
    void anEmptyFileSaysWhatItLacks() {
        assertThat(problems("", Map.of()))
                .extracting(ConfigProblem::path)
                .containsExactly("pipeline", "postgres.url", "postgres.user", "redis.url", "caches");
    }

    static List<ConfigProblem> problems(String text, Map<String, String> environment) {
        ConfigException failure =
                catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse(text, environment));
        assertThat(failure).as("accepted").isNotNull();
        return failure.problems();
    }

    private static Arguments row(String right, String wrong, String path, int line, String message, String... second) {
        return Arguments.of(right, wrong, path, line, message, List.of(second));
    }
}
