package dev.freshet.writer;

import dev.freshet.model.Watermark;
import dev.freshet.redis.Marker;
import dev.freshet.redis.MarkerStore;
import dev.freshet.redis.WatermarkStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A Redis that forgets when a test says so. Confined to one thread. */
public final class FakeMarker implements MarkerStore, WatermarkStore {

    public final Map<String, String> fields = new HashMap<>();
    public String server = "one";
    public boolean replicated = true;
    public Optional<Watermark> watermark = Optional.empty();

    @Override
    public CompletionStage<Marker> marker(String pipeline) {
        return CompletableFuture.completedStage(new Marker(server, fields));
    }

    @Override
    public CompletionStage<Marked> mark(
            String pipeline, Marker expected, Map<String, String> changed, Replicas replicas) {
        boolean asExpected = expected.server().equals(server)
                && changed.keySet().stream()
                        .allMatch(field ->
                                expected.fields().getOrDefault(field, "").equals(fields.getOrDefault(field, "")));
        if (!asExpected) {
            return CompletableFuture.completedStage(Marked.LOST);
        }
        fields.putAll(changed);
        fields.values().removeIf(String::isEmpty);
        return CompletableFuture.completedStage(replicated ? Marked.DONE : Marked.NOT_REPLICATED);
    }

    @Override
    public CompletionStage<Optional<Watermark>> watermark(String pipeline) {
        return CompletableFuture.completedStage(watermark);
    }

    @Override
    public CompletionStage<Boolean> moveWatermark(String pipeline, Watermark to, Map<String, Long> applied) {
        watermark = Optional.of(to);
        return CompletableFuture.completedStage(true);
    }
}
