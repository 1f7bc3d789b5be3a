package dev.freshet.writer.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.redis.MarkerStore.Replicas;
import dev.freshet.writer.FakeMarker;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private static final TopicPartition TABLE = new TopicPartition("shop.public.a", 0);

    private final FakeMarker redis = new FakeMarker();
    private final List<CacheMapping> mappings =
            ConfigFile.parse("""
            pipeline: shop
            postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
            redis: { url: "redis://cache" }
            caches:
              plain: { table: public.a, key: "p:{id}" }
              tagged: { table: public.a, tag: "t:{id}", members: "m:*" }
            """, Map.of()).config().caches();

    @Test
    void whereAPrimaryIsAnotherServerItsTagsMayHaveLostKeys() {
        redis.primaries = Set.of("one", "two");
        Places before = resumed();
        assertThat(before.changedMappings(true)).isEmpty();
        before.keep(Map.of(TABLE, 1L));
        assertThat(resumed().unfiled()).isEmpty();

        redis.primaries = Set.of("one", "replacement");
        Places after = resumed();

        assertThat(after.changedMappings(true)).as("the mapping is what it was").isEmpty();
        assertThat(after.unfiled()).extracting(CacheMapping::name).containsExactly("tagged");
        Runnable adoption = after.adoption(after.unfiled());
        after.keep(Map.of(TABLE, 2L));
        assertThat(resumed().unfiled()).as("not flushed yet").hasSize(1);
        adoption.run();
        after.keep(Map.of(TABLE, 3L));
        assertThat(resumed().unfiled()).isEmpty();
    }

    @Test
    void aPrimaryLessOrASingleServerLosesNone() {
        redis.primaries = Set.of("one", "two");
        Places cluster = resumed();
        assertThat(cluster.changedMappings(true)).isEmpty();
        cluster.keep(Map.of(TABLE, 1L));
        redis.primaries = Set.of("two");
        assertThat(resumed().unfiled()).isEmpty();

        redis.fields.clear();
        redis.primaries = Set.of();
        Places single = resumed();
        assertThat(single.changedMappings(true)).isEmpty();
        single.keep(Map.of(TABLE, 1L));
        redis.server = "restarted";
        assertThat(resumed().unfiled()).isEmpty();
        assertThat(redis.fields).containsEntry("cache/tagged", MappingDigest.of(mappings.get(1)));
    }

    private Places resumed() {
        Places places = new Places(redis, "shop", Replicas.NONE, mappings);
        var unused = places.resume(Map.of(TABLE, OptionalLong.empty()), Map.of(TABLE.topic(), "id"), Map.of(TABLE, 0L));
        return places;
    }
}
