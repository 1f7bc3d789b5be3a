package dev.freshet.redis;

import dev.freshet.model.Watermark;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps a pipeline's watermark in Redis. Thread-safe; a stage fails with {@link CacheUnavailableException} where Redis did
 * not reply.
 */
public interface WatermarkStore {

    /** Empty where there is none: no writer has applied a whole second of the log yet, or Redis has lost it. */
    CompletionStage<Optional<Watermark>> watermark(String pipeline);

    /**
     * Moves the watermark, unless the pipeline's marker says that less is applied.
     *
     * @param applied fields of the marker, each with the offset that it must have reached
     * @return whether it was moved
     */
    CompletionStage<Boolean> moveWatermark(String pipeline, Watermark to, Map<String, Long> applied);
}
