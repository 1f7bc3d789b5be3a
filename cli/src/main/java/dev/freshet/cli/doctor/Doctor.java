package dev.freshet.cli.doctor;

import dev.freshet.cli.check.BrokerAddress;
import dev.freshet.cli.check.CheckReport;
import dev.freshet.cli.check.Checks;
import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Part;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.CacheUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at everything that an attach needs, in a few seconds: first by the checks that stand before a start, then at what
 * only shows later. Needs no more rights than the pipeline's role, and says where it may not look.
 */
public final class Doctor {

    private static final Set<Part> SOURCE = Set.of(Part.TABLES, Part.CAPTURE, Part.PUBLICATION);

    private static final Set<Part> KAFKA = Set.of(Part.KAFKA, Part.PUBLISHING, Part.CONSUMING);

    private final ConfigFile file;
    private final FreshetConfig config;
    private final Findings findings;
    private final Measures measures = new Measures();
    private final List<Clock> clocks = new ArrayList<>(List.of(Clock.HERE));

    private Doctor(ConfigFile file) {
        this.file = file;
        this.config = file.config();
        this.findings = new Findings(file);
    }

    /** Looks at all servers, also where one of them is away. */
    public static DoctorReport examine(ConfigFile file) {
        Doctor doctor = new Doctor(file);
        doctor.run();
        return new DoctorReport(doctor.findings.all(), doctor.measures.all());
    }

    private void run() {
        new KeyOverlap(findings).judge(config.caches());
        try (SourceExam source = new SourceExam(config, findings, measures)) {
            if (passed(SOURCE)) {
                source.run();
                source.clock().ifPresent(clocks::add);
            }
            kafka();
            redis(source);
        }
        new ClockJudge(findings, config.writer().fenceWindow()).judge(clocks);
        clocks.stream()
                .skip(1)
                .forEach(clock -> measures.add(
                        "clock of " + clock.server(),
                        Amounts.duration(clock.ahead()) + (clock.ahead().isNegative() ? " behind" : " ahead of")
                                + " this machine's, ±" + Amounts.duration(clock.uncertain())));
    }

    /** Whether a server can be asked further. */
    private boolean passed(Set<Part> parts) {
        CheckReport report = Checks.run(file, parts);
        report.findings().forEach(findings::add);
        return report.findings().stream().noneMatch(finding -> finding.severity() == Severity.UNREACHABLE);
    }

    private void kafka() {
        Optional<String> named = config.kafka().bootstrapServers();
        Optional<String> address =
                named.or(() -> BrokerAddress.find(config.kafka().dataDir()));
        if (address.isEmpty()) {
            measures.add("kafka", "not looked at: 'freshet run' starts it, and does not run");
        } else if (passed(KAFKA)) {
            new KafkaExam(config, address.get(), findings, measures).run();
        }
    }

    private void redis(SourceExam source) {
        int before = findings.all().size();
        if (!passed(Set.of(Part.REDIS))) {
            return;
        }
        boolean told = findings.all().size() > before;
        RedisExam exam = new RedisExam(file, findings, measures, source.changesPerSecond());
        try {
            exam.run();
            clocks.addAll(exam.clocks());
        } catch (CacheUnavailableException | IllegalArgumentException e) {
            if (told) {
                return;
            }
            findings.because("what is not seen is not judged")
                    .add(Severity.NOTE, "redis.url", "could not look at Redis: " + e.getMessage());
        }
    }
}
