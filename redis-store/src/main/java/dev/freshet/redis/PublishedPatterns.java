package dev.freshet.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The patterns that writers have published, read once and again when a fill finds that they have changed. Thread-safe. */
final class PublishedPatterns {

    /**
     * The patterns at one time.
     *
     * @param window the shortest for which any writer's fences live
     * @param fenced every glob that may be fenced as a whole
     * @param unfenced globs of caches whose changes leave no fences
     */
    record Known(String version, Duration window, Map<String, GlobPattern> fenced, Map<String, GlobPattern> unfenced) {

        List<String> matching(String key) {
            return fenced.entrySet().stream()
                    .filter(glob -> glob.getValue().matches(key))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        boolean unfenced(String key) {
            return unfenced.values().stream().anyMatch(glob -> glob.matches(key));
        }
    }

    /** Where nobody has published any. */
    static final String NO_VERSION = "0";

    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    private final Supplier<CompletionStage<List<Object>>> read;
    private Optional<CompletableFuture<Known>> known = Optional.empty();

    PublishedPatterns(Supplier<CompletionStage<List<Object>>> read) {
        this.read = read;
    }

    synchronized CompletableFuture<Known> current() {
        if (known.isPresent() && !known.get().isCompletedExceptionally()) {
            return known.get();
        }
        CompletableFuture<Known> fresh =
                read.get().thenApply(PublishedPatterns::parse).toCompletableFuture();
        known = Optional.of(fresh);
        return fresh;
    }

    /** They have changed. */
    synchronized void forget(Known old) {
        known = known.filter(kept -> !(kept.isDone()
                && !kept.isCompletedExceptionally()
                && kept.join().version().equals(old.version())));
    }

    private static Known parse(List<Object> answer) {
        long window = (Long) answer.get(1);
        int fenced = ((Long) answer.get(2)).intValue();
        return new Known(
                Utf8.decode((byte[]) answer.get(0)),
                window < 0 ? FOR_EVER : Duration.ofMillis(window),
                globs(answer.subList(3, 3 + fenced)),
                globs(answer.subList(3 + fenced, answer.size())));
    }

    private static Map<String, GlobPattern> globs(List<Object> texts) {
        Map<String, GlobPattern> globs = new TreeMap<>();
        for (Object text : texts) {
            String glob = Utf8.decode((byte[]) text);
            globs.put(glob, GlobPattern.compile(glob));
        }
        return globs;
    }
}
