package dev.freshet.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Several questions at once. */
final class Stages {

    private Stages() {}

    /** What they complete with, in their order; fails when one does, after all have completed. */
    static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> each =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .thenApply(done -> each.stream().map(CompletableFuture::join).toList());
    }

    /** The answers, in the order of what is asked about; fails where one does. */
    static <A, B> CompletionStage<List<B>> all(Collection<A> about, Function<A, ? extends CompletionStage<B>> ask) {
        List<CompletionStage<B>> asked = new ArrayList<>();
        about.forEach(one -> asked.add(ask.apply(one)));
        return all(asked);
    }
}
