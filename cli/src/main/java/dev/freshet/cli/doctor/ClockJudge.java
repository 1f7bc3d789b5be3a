package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import java.time.Duration;
import java.util.List;

/** Whether the clocks agree well enough. */
final class ClockJudge {

    private static final Duration TOLERATED = Duration.ofSeconds(1);

    private final Findings findings;
    private final Duration fenceWindow;

    ClockJudge(Findings findings, Duration fenceWindow) {
        this.findings =
                findings.because("the writer stores what is younger than writer.fence-window by the source's clock,"
                        + " fences end by Redis's clock, and staleness is the difference between two machines' times");
        this.fenceWindow = fenceWindow;
    }

    /** Every clock beside each other. */
    void judge(List<Clock> clocks) {
        for (int i = 0; i < clocks.size(); i++) {
            for (int j = i + 1; j < clocks.size(); j++) {
                judge(clocks.get(i), clocks.get(j));
            }
        }
    }

    private void judge(Clock one, Clock other) {
        Duration apart = one.ahead().minus(other.ahead()).abs();
        Duration certain = apart.minus(one.uncertain()).minus(other.uncertain());
        if (certain.compareTo(TOLERATED) <= 0) {
            return;
        }
        boolean beyond = certain.compareTo(fenceWindow.dividedBy(2)) > 0;
        findings.add(
                beyond ? Severity.WRONG : Severity.WARNING,
                one.path().equals(Clock.HERE.path()) ? other.path() : one.path(),
                "the clocks of " + one.server() + " and " + other.server() + " differ by " + Amounts.duration(apart)
                        + (beyond ? ", more than half of writer.fence-window" : ""),
                Mend.hand("let a time service set the clocks: timedatectl set-ntp true"));
    }
}
