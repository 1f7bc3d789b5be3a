package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import java.util.List;

/** Mappings that share a key, and do not agree on what is stored there. */
final class KeyOverlap {

    private final Findings findings;

    KeyOverlap(Findings findings) {
        this.findings = findings;
    }

    void judge(List<CacheMapping> caches) {
        for (int i = 0; i < caches.size(); i++) {
            for (int j = i + 1; j < caches.size(); j++) {
                judge(caches.get(i), caches.get(j));
            }
        }
    }

    private void judge(CacheMapping first, CacheMapping second) {
        if (!Keys.of(first.target()).sameAs(Keys.of(second.target()))) {
            return;
        }
        boolean fields = first.target() instanceof Target.Field;
        String path = "caches." + second.name() + ".key";
        if (fields != second.target() instanceof Target.Field) {
            findings.because(
                            "one stores or removes the key as a whole, the other a field of the hash there: what the one"
                                    + " stores the other destroys, and neither order is known")
                    .add(
                            refreshes(first) || refreshes(second) ? Severity.WRONG : Severity.WARNING,
                            path,
                            "'" + second.name() + "' and '" + first.name() + "' share the keys "
                                    + Keys.of(first.target()).glob() + ", one as a whole and one by fields",
                            another(second));
        } else if (!fields
                && refreshes(first)
                && refreshes(second)
                && !first.onChange().equals(second.onChange())) {
            findings.because("the entry holds now the one form and now the other, whichever changed last")
                    .add(
                            Severity.WARNING,
                            path,
                            "'" + second.name() + "' and '" + first.name() + "' both store the keys "
                                    + Keys.of(first.target()).glob() + ", and not the same",
                            another(second));
        }
    }

    private static Mend another(CacheMapping cache) {
        String key = cache.target() instanceof Target.Field field
                ? field.key().toString()
                : ((Target.Key) cache.target()).key().toString();
        return Mend.setting("caches." + cache.name() + ".key", Yaml.quoted(cache.name() + ":" + key));
    }

    private static boolean refreshes(CacheMapping cache) {
        return !(cache.onChange() instanceof OnChange.Delete);
    }
}
