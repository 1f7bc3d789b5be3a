package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisInspection.Facts;
import dev.freshet.redis.RedisLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What stands against a Redis that answers. */
final class RedisJudge {

    /** Of what is free beneath maxmemory. */
    private static final double FENCES_AT_MOST = 0.25;

    private static final String PUBLISH = "PUBLISH";

    private final FreshetConfig config;
    private final Findings findings;

    RedisJudge(FreshetConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    void judge(Facts facts) {
        rights(facts);
        if (!facts.info().isEmpty()) {
            eviction(facts);
            persistence(facts);
        }
    }

    private void eviction(Facts facts) {
        String policy = facts.text("maxmemory_policy");
        boolean bounded = facts.number("maxmemory") > 0;
        boolean fenced = config.caches().stream().anyMatch(CacheMapping::safeFills);
        if (policy.startsWith("volatile-") && fenced) {
            findings.because(
                            "fences are the keys that surely have a TTL, so that they go first; without its fence a key is"
                                    + " filled with what a change has overtaken")
                    .add(
                            bounded ? Severity.WRONG : Severity.WARNING,
                            "redis.url",
                            "maxmemory-policy is " + policy
                                    + (bounded ? "" : "; it does nothing yet, since maxmemory is 0"),
                            Mend.redis("CONFIG SET maxmemory-policy allkeys-lru"));
        } else if (bounded && fenced && List.of("allkeys-random", "allkeys-lfu").contains(policy)) {
            findings.because(
                            "fences are young and asked for seldom: this policy takes them before older values, and a key"
                                    + " without its fence may be filled with what a change has overtaken")
                    .add(
                            Severity.WARNING,
                            "redis.url",
                            "maxmemory-policy is " + policy,
                            Mend.redis("CONFIG SET maxmemory-policy allkeys-lru"));
        } else if (bounded && policy.equals("noeviction")) {
            findings.because(
                            "when memory is full nothing more is cached: changes still remove entries, and refreshes too")
                    .add(
                            Severity.NOTE,
                            "redis.url",
                            "maxmemory-policy is noeviction; for a cache allkeys-lru is usual",
                            Mend.redis("CONFIG SET maxmemory-policy allkeys-lru"));
        } else if (!bounded) {
            findings.because("Redis grows until the machine has no memory left")
                    .add(Severity.NOTE, "redis.url", "maxmemory is 0: there is no bound; set one that the machine has");
        }
    }

    private void rights(Facts facts) {
        Findings denied =
                findings.because("what Redis refuses is tried again for ever, and no change behind it is applied");
        String user = facts.user();
        if (facts.refused().isEmpty()) {
            denied.add(
                    Severity.WRONG,
                    "redis.url",
                    "user '" + user + "' may not run scripts, by which everything is applied; its other rights are seen"
                            + " once it may",
                    Mend.redis("ACL SETUSER " + user + " +evalsha +script|load"));
            return;
        }
        List<List<String>> refused = facts.refused().get();
        if (refused.isEmpty()) {
            return;
        }
        Set<String> words = new LinkedHashSet<>();
        refused.forEach(command -> words.add(RedisRights.acl(command)));
        List<String> patterns = new ArrayList<>();
        if (refused.stream()
                .anyMatch(command -> command.size() > 1
                        && !command.get(0).equals(PUBLISH)
                        && command.get(1).startsWith(RedisLayout.PREFIX))) {
            patterns.add("~" + RedisLayout.PREFIX + "*");
        }
        if (refused.stream().anyMatch(command -> command.get(0).equals(PUBLISH))) {
            patterns.add("&" + RedisLayout.wakeChannel("*"));
        }
        for (CacheMapping cache : config.caches()) {
            Keys keys = Keys.of(cache.target());
            if (refused.stream()
                    .anyMatch(command -> command.size() > 1
                            && keys.sample().filter(command.get(1)::equals).isPresent())) {
                patterns.add("~" + keys.glob());
            }
        }
        denied.add(
                Severity.WRONG,
                "redis.url",
                "user '" + user + "' may not run "
                        + String.join(
                                ", ",
                                refused.stream()
                                        .map(command -> command.get(0))
                                        .distinct()
                                        .toList()) + " on the keys that it is for",
                Mend.redis("ACL SETUSER " + user + " " + String.join(" ", words)
                        + (patterns.isEmpty()
                                ? ""
                                : " "
                                        + String.join(
                                                " ",
                                                patterns.stream().distinct().toList()))));
    }

    private void persistence(Facts facts) {
        boolean appendOnly = facts.text("aof_enabled").equals("1");
        if (facts.text("rdb_last_bgsave_status").equals("err")
                || (appendOnly && facts.text("aof_last_write_status").equals("err"))) {
            findings.because("unless told otherwise Redis refuses every write until it can save again")
                    .add(
                            Severity.WARNING,
                            "redis.url",
                            "Redis could not save its data the last time",
                            Mend.hand("see Redis's log; its disk may be full or its directory not writable"));
        }
        if (!appendOnly && facts.number("rdb_last_save_time") > 0 && facts.number("rdb_saves") == 0) {
            findings.because(
                            "after a restart it is empty, or as old as its last snapshot; the writer sees that, applies"
                                    + " again what is missing, and readers load from the database meanwhile")
                    .add(
                            Severity.NOTE,
                            "redis.url",
                            "Redis keeps no append-only file, and has saved no snapshot since it started",
                            Mend.redis("CONFIG SET appendonly yes"));
        }
    }

    /** @param fences bytes that the fences of one window take at most */
    void fences(Facts facts, double fences) {
        long most = facts.number("maxmemory");
        double free = Math.max(0, most - facts.number("used_memory")) + evictable(facts);
        if (most > 0 && fences > FENCES_AT_MOST * free) {
            findings.because("fences then crowd out what the cache is for, or find no room themselves")
                    .add(
                            Severity.WARNING,
                            "writer.fence-window",
                            "fences will take up to " + Amounts.bytes(fences) + " of the " + Amounts.bytes(most)
                                    + " that Redis may use",
                            Mend.redis("CONFIG SET maxmemory " + (long) (most + fences / FENCES_AT_MOST)));
        }
    }

    /** Where values are evicted for them, all memory is there for fences. */
    private static double evictable(Facts facts) {
        return facts.text("maxmemory_policy").startsWith("allkeys") ? facts.number("used_memory_dataset") : 0;
    }
}
