package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.RedisConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterSeedsTest {

    @Test
    void eachServerHasTheUserAndTheOptionsOfAll() {
        assertThat(urls("rediss+cluster://me:p%40w@one:1,[::1]:2,three?verifyPeer=CA"))
                .containsExactly(
                        "rediss://me:p%40w@one:1?verifyPeer=CA",
                        "rediss://me:p%40w@[::1]:2?verifyPeer=CA", "rediss://me:p%40w@three?verifyPeer=CA");
        assertThat(urls("redis+cluster://one/0")).containsExactly("redis://one/0");
    }

    @Test
    void anyOtherUrlIsItsOnlyServer() {
        assertThat(urls("redis-sentinel://a,b/0#main")).containsExactly("redis-sentinel://a,b/0#main");
    }

    private static List<String> urls(String url) {
        return ClusterSeeds.of(RedisClients.plainly(url)).stream()
                .map(RedisConfig::url)
                .map(secret -> secret.reveal())
                .toList();
    }
}
