package dev.freshet.writer;

import static dev.freshet.writer.Mappings.field;
import static dev.freshet.writer.Mappings.key;
import static dev.freshet.writer.Mappings.match;
import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TableId;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.RedisServer;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.plan.InvalidationPlanner;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Rows with hostile values, from the record to a real Redis: exactly the keys go that the mappings' forms name, by rules
 * that are written here a second time, and every other key stands, however much it looks like one of them.
 */
final class HostileKeysIT {

    private static final int CHANGES = Integer.getInteger("freshet.fuzz.inputs", 4_000) / 40;
    private static final long SEED = Long.getLong("freshet.fuzz.seed", new Random().nextLong());
    private static final Duration WINDOW = Duration.ofMillis(50);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UNAVAILABLE = "__debezium_unavailable_value";
    private static final TableId PAGES = new TableId("public", "pages");

    private static final List<String> PIECES = List.of(
            "*",
            "?",
            "[a-z]",
            "[^a]",
            "[",
            "]",
            "\\",
            "^",
            "-",
            "{",
            "}",
            "{t}",
            ":",
            "\0",
            "\n",
            "\r\n",
            "\u2028",
            "\ud83d\ude00",
            "\\E",
            "\\Q",
            "$",
            "(.*)",
            "|",
            " ",
            "a",
            "b",
            "7",
            "-1",
            "en",
            "\"",
            "'",
            "\u00e9",
            "t:",
            "n:");

    private static final List<CacheMapping> CACHES = List.of(
            key("title", "t:{title}:{lang}"),
            key("number", "n:{id}"),
            key("braced", "{{n}}*[{lang}]:{id}"),
            field("hash", "h", "{title}:{id}"),
            Mappings.on(match("pages", "page?[ab]\\*:*"), PAGES));

    private final Random random = new Random(SEED);
    private final RedisServer server = EmbeddedStack.shared().redis();
    private final RedisClient client = RedisClient.create(server.url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final RedisCacheStore store = RedisCacheStore.at(server.url(), WINDOW);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final InvalidationPlanner planner = InvalidationPlanner.of(CACHES);
    private final ChangeApplier applier =
            new ChangeApplier(store, new CacheRules(CACHES), timer, WINDOW, request -> {}, WriterMetrics.none());
    private final RecordDecoder decoder = new RecordDecoder(
            Set.of(BOOKS, PAGES),
            Tables.catalogue(
                    Tables.full(BOOKS, column("id", "int8"), column("title", "text"), column("lang", "text")),
                    Tables.full(PAGES, column("id", "int8"))),
            (shape, row) -> row,
            InstantSource.system());

    /** A row's image; what is empty is what the image does not tell. */
    private record Image(Optional<String> id, Optional<String> title, Optional<String> lang) {}

    @AfterEach
    void end() {
        store.close();
        timer.shutdownNow();
        redis.flushall();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    @Test
    void exactlyTheKeysThatAChangeNamesGo() throws Exception {
        int gone = 0;
        int stood = 0;
        for (int change = 0; change < CHANGES; change++) {
            String which = "-Dfreshet.fuzz.seed=" + SEED + ", change " + change;
            Image before = image();
            Image told = image();
            // What the new image leaves out is as the old one tells it.
            Image after = new Image(
                    told.id().or(before::id),
                    told.title().or(before::title),
                    told.lang().or(before::lang));
            List<Image> images = List.of(before, after);
            boolean page = random.nextInt(8) == 0;
            Set<String> keys = new TreeSet<>();
            Set<String> fields = new TreeSet<>();
            populate(images, keys, fields);
            redis.flushall();
            keys.forEach(key -> redis.set(key, "old"));
            fields.forEach(name -> redis.hset("h", name, "old"));

            apply(record(page ? PAGES : BOOKS, List.of(before, told)));

            for (String key : keys) {
                boolean own = page ? isPage(key) : images.stream().anyMatch(image -> names(image, key));
                assertThat(redis.exists(key))
                        .describedAs("%s: %s of %s", which, escaped(key), images)
                        .isEqualTo(own ? 0 : 1);
                gone += own ? 1 : 0;
                stood += own ? 0 : 1;
            }
            for (String name : fields) {
                boolean own = !page && images.stream().anyMatch(image -> namesField(image, name));
                assertThat(redis.hexists("h", name))
                        .describedAs("%s: %s of %s", which, escaped(name), images)
                        .isEqualTo(!own);
            }
        }
        assertThat(gone).isGreaterThan(CHANGES);
        assertThat(stood).isGreaterThan(CHANGES);
    }

    private void apply(byte[] record) {
        Decoded.Change change = (Decoded.Change) decoder.decode(record, OptionalLong.of(1));
        ChangeApplier.Work work = applier.work(Snapshot.parse("900:900:"));
        work.add(change.change(), planner.plan(change.change(), change.shape()), OptionalLong.empty());
        store.apply(work.commands(Instant.now())).toCompletableFuture().join();
        work.startWide().join();
    }

    private static boolean names(Image image, String key) {
        if (key.startsWith("n:")) {
            return isId(image, key.substring(2));
        }
        if (key.startsWith("{n}*[")) {
            // Some bracket with a colon ends the language.
            for (int end = key.indexOf("]:", 5); end >= 0; end = key.indexOf("]:", end + 1)) {
                String lang = key.substring(5, end);
                if (image.lang().orElse(lang).equals(lang) && isId(image, key.substring(end + 2))) {
                    return true;
                }
            }
        }
        if (!key.startsWith("t:")) {
            return false;
        }
        // Some colon parts the title from the language.
        for (int colon = key.indexOf(':', 2); colon >= 0; colon = key.indexOf(':', colon + 1)) {
            String title = key.substring(2, colon);
            String lang = key.substring(colon + 1);
            if (image.title().orElse(title).equals(title)
                    && image.lang().orElse(lang).equals(lang)) {
                return true;
            }
        }
        return false;
    }

    private static boolean namesField(Image image, String name) {
        int colon = name.lastIndexOf(':');
        String title = name.substring(0, colon);
        return image.title().orElse(title).equals(title) && isId(image, name.substring(colon + 1));
    }

    private static boolean isId(Image image, String text) {
        return image.id().map(text::equals).orElseGet(() -> text.matches("-?[0-9]+"));
    }

    /** One character, one of two letters, a star as it stands, a colon. */
    private static boolean isPage(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return bytes.length >= 8
                && key.startsWith("page")
                && (bytes[5] == 'a' || bytes[5] == 'b')
                && bytes[6] == '*'
                && bytes[7] == ':';
    }

    private Image image() {
        return new Image(
                Optional.of(Integer.toString(random.nextInt(20) - 5)).filter(id -> random.nextInt(4) > 0),
                maybe(),
                maybe());
    }

    private Optional<String> maybe() {
        return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(text());
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
            text.append(piece());
        }
        return text.toString();
    }

    private String piece() {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    /** The images' own keys, keys that come near to them, and others. */
    private void populate(List<Image> images, Set<String> keys, Set<String> fields) {
        for (Image image : images) {
            List<String> own = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                String id = image.id().orElseGet(() -> Integer.toString(random.nextInt()));
                String title = image.title().orElseGet(this::text);
                String lang = image.lang().orElseGet(this::text);
                own.add("t:" + title + ":" + lang);
                own.add("n:" + id);
                own.add("{n}*[" + lang + "]:" + id);
                own.add("page" + List.of("x", "?", "\u00e9", "").get(random.nextInt(4))
                        + List.of("a", "b", "c", "[ab]").get(random.nextInt(4)) + "*:" + title);
                fields.add(title + ":" + id);
                fields.add(text() + ":" + id);
                fields.add(title + "x:" + id);
                fields.add(title + ":x");
            }
            for (String key : own) {
                keys.add(key);
                int at = random.nextInt(key.length());
                keys.add(key.substring(0, at) + piece() + key.substring(at));
                keys.add(key.substring(0, at)
                        + key.substring(
                                key.offsetByCodePoints(at - (Character.isLowSurrogate(key.charAt(at)) ? 1 : 0), 1)));
                keys.add(key + piece());
                keys.add("x" + key);
            }
        }
        // Half a pair, where the cut went through one; and a key that stands for the hash.
        keys.removeIf(key -> key.isEmpty()
                || key.equals("h")
                || !StandardCharsets.UTF_8.newEncoder().canEncode(key));
    }

    private static byte[] record(TableId table, List<Image> images) throws Exception {
        ObjectNode record = JSON.createObjectNode().put("op", "u").put("ts_ms", 1);
        record.putObject("source")
                .put("schema", table.schema())
                .put("table", table.name())
                .put("txId", 800)
                .put("ts_us", 1)
                .put("sequence", "[\"1\",\"2\"]");
        for (int i = 0; i < 2; i++) {
            ObjectNode image = record.putObject(i == 0 ? "before" : "after");
            images.get(i)
                    .id()
                    .ifPresentOrElse(id -> image.put("id", Long.parseLong(id)), () -> image.put("id", UNAVAILABLE));
            if (table.equals(BOOKS)) {
                image.put("title", images.get(i).title().orElse(UNAVAILABLE));
                image.put("lang", images.get(i).lang().orElse(UNAVAILABLE));
            }
        }
        return JSON.writeValueAsBytes(record);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars()
                .forEach(c -> escaped.append(c < 32 || c > 126 ? String.format("\\u%04x", c) : Character.toString(c)));
        return escaped.toString();
    }
}
