package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryCacheStoreTest extends CacheStoreContract {

    private final InMemoryCacheStore store = new InMemoryCacheStore();

    @Override
    protected CacheStore store() {
        return store;
    }

    @Override
    protected FillStore fills() {
        return store;
    }

    @Override
    protected ReadSide readSide() {
        return store;
    }

    @Test
    void failsAsOftenAsItWasTold() {
        store.failNext(1);

        assertThat(store.apply(List.of(invalidate("k", Fence.NONE))).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(store.applied()).isEmpty();
        assertThat(store.apply(List.of(invalidate("k", Fence.NONE))).toCompletableFuture())
                .isCompleted();
        assertThat(store.applied()).hasSize(1);
    }
}
