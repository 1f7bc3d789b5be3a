package dev.freshet.redis;

import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.List;

/**
 * Scripts that lack a rule, and stores that run them, also for tests in other packages: what breaks then shows what the rule
 * is for.
 */
public final class AlteredScripts {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /**
     * A change to the scripts' text.
     *
     * @param script the one script to change; empty for every script that has the rule
     */
    public record Alteration(String script, String rule, String instead) {

        public static Alteration of(String script, String rule, String instead) {
            return new Alteration(script, rule, instead);
        }

        public static Alteration everywhere(String rule, String instead) {
            return new Alteration("", rule, instead);
        }
    }

    private AlteredScripts() {}

    /** A store with the scripts as they were written, but for the alterations. */
    public static RedisCacheStore open(String url, Duration window, List<Alteration> alterations) {
        return RedisCacheStore.at(url, window, TIMEOUT, standardBut(alterations));
    }

    /** The same for readers, over a client that stays the caller's. Their leases live half the window. */
    public static RedisReadStore readers(RedisClient client, Duration window, List<Alteration> alterations) {
        return RedisReadStore.over(
                client,
                new RedisReadStore.Settings(window, window.dividedBy(2), TIMEOUT, window),
                standardBut(alterations));
    }

    /** The same for invalidations of tags, command by command. */
    public static SteppedTags tags(RedisClient client, Duration window, List<Alteration> alterations) {
        return new SteppedTags(client, window, standardBut(alterations));
    }

    static Scripts standardBut(Alteration alteration) {
        return standardBut(List.of(alteration));
    }

    private static Scripts standardBut(List<Alteration> alterations) {
        Scripts scripts = Scripts.standard();
        for (Alteration alteration : alterations) {
            scripts = altered(scripts, alteration);
        }
        return scripts;
    }

    private static Scripts altered(Scripts scripts, Alteration alteration) {
        Scripts changed = scripts;
        boolean found = false;
        for (Script script : scripts.all()) {
            boolean meant = alteration.script().isEmpty() || alteration.script().equals(script.name());
            if (meant && script.text().contains(alteration.rule())) {
                changed = changed.with(
                        Script.of(script.name(), script.text().replace(alteration.rule(), alteration.instead())));
                found = true;
            }
        }
        if (!found) {
            throw new IllegalArgumentException("no script has this text, change the test with it: " + alteration);
        }
        return changed;
    }
}
