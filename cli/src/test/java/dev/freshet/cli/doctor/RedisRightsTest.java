package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RedisRightsTest {

    @Test
    void theRightsAskedForAreThoseOfWhatIsConfigured() {
        List<List<String>> deleting = RedisRights.of(config(""));
        List<List<String>> storing = RedisRights.of(config(", on-change: refresh, value: { columns: [id] }"));

        assertThat(deleting).contains(List.of("UNLINK", "k:1")).doesNotContain(List.of("SET", "k:1", "v"));
        assertThat(storing).contains(List.of("SET", "k:1", "v")).doesNotHaveDuplicates();
    }

    @Test
    void theDocumentedUserMayDoWhatIsAskedForAndNothingElse() throws IOException {
        FreshetConfig everything = ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "redis://cache", wait-for-replicas: 1 }
                caches:
                  deleted: { table: public.a, key: "d:{id}" }
                  stored: { table: public.a, key: "s:{id}", on-change: refresh, value: { columns: [id] }, ttl: 1h }
                  field: { table: public.a, key: "f", field: "{id}", on-change: refresh, value: { columns: [id] } }
                  tagged: { table: public.a, tag: "t:{id}", members: "m:*" }
                  matched: { table: public.a, match: "l:*" }
                """, Map.of()).config();

        String line = Files.readAllLines(Path.of("../docs/redis.md")).stream()
                .filter(text -> text.startsWith("ACL SETUSER freshet "))
                .findFirst()
                .orElseThrow();
        assertThat(Stream.of(line.split(" ")).filter(word -> word.startsWith("+")))
                .containsExactlyInAnyOrderElementsOf(RedisRights.of(everything).stream()
                        .map(RedisRights::acl)
                        .distinct()
                        .toList());
    }

    @Test
    void whatAClusterAsksForBesidesIsDocumentedToo() throws IOException {
        FreshetConfig single = config("");
        FreshetConfig cluster = ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "redis+cluster://cache" }
                caches: { k: { table: public.a, key: "k:{id}" } }
                """, Map.of()).config();
        List<List<String>> more = new ArrayList<>(RedisRights.of(cluster));
        more.removeAll(RedisRights.of(single));

        String line = Files.readAllLines(Path.of("../docs/redis.md")).stream()
                .filter(text -> text.startsWith("ACL SETUSER freshet +"))
                .findFirst()
                .orElseThrow();
        assertThat(Stream.of(line.split(" ")).filter(word -> word.startsWith("+")))
                .containsExactlyInAnyOrderElementsOf(
                        more.stream().map(RedisRights::acl).toList());
    }

    private static FreshetConfig config(String more) {
        return ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "redis://cache" }
                caches: { k: { table: public.a, key: "k:{id}"%s } }
                """.formatted(more), Map.of()).config();
    }
}
