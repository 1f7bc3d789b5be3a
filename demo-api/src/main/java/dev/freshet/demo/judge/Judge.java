package dev.freshet.demo.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each page that was read whether it was stale, from the commits that PostgreSQL acknowledged and from the page
 * alone. A read must see every change whose commit had returned before the read began. What somebody wrote who does not
 * tell this judge is not judged: it sees less than there was, never more. Thread-safe.
 */
public final class Judge implements AutoCloseable {

    /**
     * What is said of a read.
     *
     * @param judged whether anything on the page is known to the judge
     * @param staleNanos how long before the read began the oldest thing on the page had been replaced; 0: nothing had
     * @param afterInvalidation whether the page lacks a change that was seen applied to the cache before the read began
     */
    public record Verdict(boolean judged, long staleNanos, boolean afterInvalidation) {

        static final Verdict NONE = new Verdict(false, 0, false);

        public boolean stale() {
            return staleNanos > 0;
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Judge.class);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Map<Long, Map<Field, History>> books = new ConcurrentHashMap<>();
    private final AppliedChanges applied;
    private final Rows rows;

    /** @param applied looks which changes have come to the cache */
    Judge(AppliedChanges applied, Rows rows) {
        this.applied = applied;
        this.rows = rows;
    }

    /**
     * Watches, over a connection of its own, which changes are applied to the cache.
     *
     * @param prefix what stands before the book's id in the key that is watched
     */
    public static Judge watching(String redisUrl, String prefix, String jdbcUrl, String user, String password) {
        return new Judge(FenceWatch.open(redisUrl, prefix), new PostgresRows(jdbcUrl, user, password));
    }

    /**
     * A commit has returned. Whoever changes a book does so alone, from before the statement until this has returned: the
     * order of these calls is that of the commits.
     */
    public void committed(Commit commit) {
        applied.expect(commit.book(), history(commit.book(), commit.field()).add(commit));
    }

    private History history(long book, Field field) {
        return Objects.requireNonNull(
                books.computeIfAbsent(book, unknown -> histories()).get(field));
    }

    private static Map<Field, History> histories() {
        Map<Field, History> all = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            all.put(field, new History());
        }
        return all;
    }

    /**
     * @param page as it was served
     * @param began before the read was, by {@link System#nanoTime}
     */
    public Verdict read(String page, long began) {
        JsonNode seen = parse(page);
        Map<Field, History> histories = books.getOrDefault(seen.path("id").asLong(), Map.of());
        Verdict verdict = Verdict.NONE;
        for (Map.Entry<Field, History> history : histories.entrySet()) {
            Optional<History.Age> age = history.getValue().age(history.getKey().in(seen), began);
            if (age.isPresent()) {
                verdict = new Verdict(
                        true,
                        Math.max(verdict.staleNanos(), age.get().nanos()),
                        verdict.afterInvalidation() || age.get().afterInvalidation());
            }
        }
        return verdict;
    }

    /**
     * The same of a read that should not have been stale: somebody else may have written back what stood there before, and
     * so the judge asks PostgreSQL what stands there now. What stands on the page and there too is not old.
     */
    public Verdict readAgain(String page, long began) {
        JsonNode seen = parse(page);
        long book = seen.path("id").asLong();
        try {
            rows.now(book).forEach((field, value) -> {
                if (value == field.in(seen)) {
                    history(book, field).standsNow(value);
                }
            });
        } catch (SQLException e) {
            log.debug("the judge could not ask again", e);
        }
        return read(page, began);
    }

    /** Whether a page that was served has the change. */
    public boolean holds(String page, Commit commit) {
        JsonNode seen = parse(page);
        return history(commit.book(), commit.field()).holds(commit.field().in(seen), commit.transaction());
    }

    /** How many changes were seen applied to the cache. */
    public long applied() {
        return applied.seen();
    }

    /** How many changes are committed and not yet seen applied. */
    public int pending() {
        return applied.pending();
    }

    @Override
    public void close() {
        applied.close();
    }

    private static JsonNode parse(String page) {
        try {
            return MAPPER.readTree(page);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("what was served is no JSON", e);
        }
    }
}
