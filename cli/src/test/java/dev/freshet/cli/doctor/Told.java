package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding;
import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import java.util.List;
import java.util.Map;

/** A configuration, and what a judge tells of it. */
final class Told {

    private final ConfigFile file;
    private final Findings findings;

    /** @param rest what stands beside pipeline, postgres and redis, from the first column on */
    Told(String rest) {
        file = ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "redis://cache" }
                """ + rest, Map.of());
        findings = new Findings(file);
    }

    static Told caches(String caches) {
        return new Told("caches:\n" + caches.indent(2));
    }

    FreshetConfig config() {
        return file.config();
    }

    Findings findings() {
        return findings;
    }

    List<Finding> all() {
        return findings.all();
    }

    /** Severity and message of each. */
    List<String> messages() {
        return all().stream()
                .map(finding -> finding.severity() + " " + finding.place().message())
                .toList();
    }

    /** The mends of all, in order. */
    List<String> mends() {
        return all().stream()
                .flatMap(finding -> finding.mends().stream())
                .map(Mend::text)
                .toList();
    }

    Severity only() {
        if (all().size() != 1) {
            throw new AssertionError(messages());
        }
        return all().get(0).severity();
    }
}
