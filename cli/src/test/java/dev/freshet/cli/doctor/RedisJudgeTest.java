package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.redis.RedisInspection.Facts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisJudgeTest {

    private static final String FENCED = "b: { table: public.books, key: \"b:{id}\" }";

    private final Told told = Told.caches(FENCED);

    @Test
    void aRedisAsItShouldBePasses() {
        judge(told, Map.of());

        assertThat(told.all()).isEmpty();
    }

    @Test
    void evictionOfWhatHasATtlIsRejectedWhereFillsAreFenced() {
        Told unfenced = Told.caches("b: { table: public.books, key: \"b:{id}\", safe-fills: false }");
        judge(told, Map.of("maxmemory_policy", "volatile-ttl"));
        judge(unfenced, Map.of("maxmemory_policy", "volatile-ttl"));

        assertThat(told.only()).isEqualTo(Severity.WRONG);
        assertThat(told.mends()).containsExactly("CONFIG SET maxmemory-policy allkeys-lru");
        assertThat(unfenced.all()).isEmpty();
    }

    @Test
    void itIsAWarningWhileNothingIsEvictedYet() {
        judge(told, Map.of("maxmemory_policy", "volatile-lru", "maxmemory", "0"));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
    }

    @Test
    void otherPoliciesAreJudgedByWhatTheyTakeFirst() {
        Told random = Told.caches(FENCED);
        Told none = Told.caches(FENCED);
        Told unbounded = Told.caches(FENCED);
        judge(random, Map.of("maxmemory_policy", "allkeys-random"));
        judge(none, Map.of("maxmemory_policy", "noeviction"));
        judge(unbounded, Map.of("maxmemory_policy", "noeviction", "maxmemory", "0"));

        assertThat(random.only()).isEqualTo(Severity.WARNING);
        assertThat(none.only()).isEqualTo(Severity.NOTE);
        assertThat(unbounded.messages()).singleElement().asString().contains("maxmemory is 0");
    }

    @Test
    void refusedCommandsAreGrantedWithTheirKeys() {
        new RedisJudge(told.config(), told.findings())
                .judge(new Facts(
                        info(Map.of()),
                        "app",
                        Optional.empty(),
                        Optional.of(List.of(
                                List.of("SCRIPT", "LOAD", "return 1"),
                                List.of("UNLINK", "b:1"),
                                List.of("ZADD", "freshet:fence:{b:1}:b:1", "1", "1")))));

        assertThat(told.only()).isEqualTo(Severity.WRONG);
        assertThat(told.mends()).containsExactly("ACL SETUSER app +script|load +unlink +zadd ~freshet:* ~b:*");
    }

    @Test
    void whereScriptsAreRefusedThatIsTheMend() {
        new RedisJudge(told.config(), told.findings())
                .judge(new Facts(Map.of(), "app", Optional.empty(), Optional.empty()));

        assertThat(told.mends()).containsExactly("ACL SETUSER app +evalsha +script|load");
    }

    @Test
    void whatCannotBeSavedIsTold() {
        judge(told, Map.of("aof_last_write_status", "err"));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
    }

    @Test
    void aRedisThatKeepsNothingIsAdvice() {
        judge(told, Map.of("aof_enabled", "0", "rdb_saves", "0"));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.mends()).containsExactly("CONFIG SET appendonly yes");
    }

    @Test
    void fencesThatCrowdOutTheCacheAreTold() {
        Told small = Told.caches(FENCED);
        Facts facts = new Facts(info(Map.of()), "default", Optional.empty(), Optional.of(List.of()));
        new RedisJudge(told.config(), told.findings()).fences(facts, 100 << 20);
        new RedisJudge(small.config(), small.findings()).fences(facts, 1 << 20);

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.messages().get(0)).contains("fences will take up to 100 MB of the 256 MB");
        assertThat(told.mends()).containsExactly("CONFIG SET maxmemory " + ((256L << 20) + (400L << 20)));
        assertThat(small.all()).isEmpty();
    }

    private static void judge(Told told, Map<String, String> info) {
        new RedisJudge(told.config(), told.findings())
                .judge(new Facts(info(info), "default", Optional.empty(), Optional.of(List.of())));
    }

    private static Map<String, String> info(Map<String, String> other) {
        Map<String, String> info = new HashMap<>(Map.of(
                "maxmemory",
                Long.toString(256L << 20),
                "maxmemory_policy",
                "allkeys-lru",
                "used_memory",
                Long.toString(56L << 20),
                "aof_enabled",
                "1",
                "aof_last_write_status",
                "ok",
                "rdb_last_bgsave_status",
                "ok",
                "rdb_last_save_time",
                "1700000000"));
        info.putAll(other);
        return info;
    }
}
