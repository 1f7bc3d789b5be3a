package dev.freshet.redis;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The cache as somebody fills it who goes through whole tables, and leaves beside it how far this has come: both are lost
 * together. Thread-safe; stages fail with {@link CacheUnavailableException}.
 */
public interface WarmStore extends FillStore {

    /** The patterns that the pipeline's writers have published, by cache name; empty where none has run here. */
    CompletionStage<Map<String, String>> publishedPatterns(String pipeline);

    /** What {@link #bookmark} left, by cache name. */
    CompletionStage<Map<String, String>> bookmarks(String pipeline);

    /** Notes for a week how far a cache has come. */
    CompletionStage<Void> bookmark(String pipeline, String cache, String place);

    CompletionStage<Void> forgetBookmarks(String pipeline, Collection<String> caches);
}
