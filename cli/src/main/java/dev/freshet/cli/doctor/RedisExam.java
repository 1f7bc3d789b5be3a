package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding;
import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.model.TableId;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.RedisInspection;
import dev.freshet.redis.RedisInspection.Facts;
import dev.freshet.redis.RedisInspection.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at Redis: at the one server, or at every node of a cluster, its replicas too, since any of them may be a primary
 * tomorrow. What is so at several nodes is told once and names them. Used once, by one thread.
 */
final class RedisExam {

    private final ConfigFile file;
    private final FreshetConfig config;
    private final Findings findings;
    private final Measures measures;
    private final Map<TableId, Double> changesPerSecond;
    private final List<Clock> clocks = new ArrayList<>();

    /** What is told of a node, without the place in the file, which is the same for all. */
    private record Told(Severity severity, String path, String message, String why, List<Mend> mends) {

        static Told of(Finding finding) {
            return new Told(
                    finding.severity(),
                    finding.place().path(),
                    finding.place().message(),
                    finding.why(),
                    finding.mends());
        }
    }

    RedisExam(ConfigFile file, Findings findings, Measures measures, Map<TableId, Double> changesPerSecond) {
        this.file = file;
        this.config = file.config();
        this.findings = findings;
        this.measures = measures;
        this.changesPerSecond = changesPerSecond;
    }

    /** @throws CacheUnavailableException where Redis, or of a cluster each node that is named, does not answer */
    void run() {
        List<Node> nodes = RedisInspection.nodes(config.redis());
        double fences = FenceMemory.bytes(config, changesPerSecond);
        long primaries = nodes.stream().filter(Node::primary).count();
        Map<Told, List<String>> nodesOf = new LinkedHashMap<>();
        for (Node node : nodes) {
            Findings own = new Findings(file);
            // Keys, and so their fences, spread evenly over the slots.
            judge(node, own, fences / Math.max(1, primaries));
            own.all()
                    .forEach(finding -> nodesOf.computeIfAbsent(Told.of(finding), told -> new ArrayList<>())
                            .add(node.address()));
        }
        nodesOf.forEach((told, at) -> findings.because(told.why())
                .add(
                        told.severity(),
                        told.path(),
                        told.message()
                                + (nodes.get(0).address().isEmpty() ? "" : " (at " + String.join(", ", at) + ")"),
                        told.mends()));
        if (!changesPerSecond.isEmpty()) {
            measure(fences);
        }
    }

    /** What its servers' clocks say. */
    List<Clock> clocks() {
        return clocks;
    }

    private void judge(Node node, Findings own, double fences) {
        Facts facts;
        try {
            facts = RedisInspection.look(config.redis(), node, RedisRights.of(config));
        } catch (CacheUnavailableException e) {
            if (node.address().isEmpty()) {
                throw e;
            }
            own.because(
                            node.primary()
                                    ? "changes of the keys in its slots wait until it answers"
                                    : "it takes its primary's place in a failover, and users are not replicated")
                    .add(
                            Severity.WARNING,
                            "redis.url",
                            (node.primary() ? "a primary" : "a replica") + " of the cluster cannot be looked at: "
                                    + e.getMessage());
            return;
        }
        String name = node.address().isEmpty() ? "Redis" : "Redis at " + node.address();
        facts.clock().ifPresent(clock -> clocks.add(new Clock(name, "redis.url", clock.ahead(), clock.uncertain())));
        RedisJudge judge = new RedisJudge(config, own);
        judge.judge(facts);
        if (!changesPerSecond.isEmpty()) {
            judge.fences(facts, fences);
        }
        if (node.primary()) {
            measures.add(
                    node.address().isEmpty() ? "redis" : "redis " + node.address(),
                    facts.text("redis_version") + ", " + Amounts.bytes(facts.number("used_memory")) + " used of "
                            + (facts.number("maxmemory") > 0
                                    ? Amounts.bytes(facts.number("maxmemory"))
                                    : "all there is")
                            + ", " + facts.text("maxmemory_policy") + ", user '" + facts.user() + "'");
        }
    }

    private void measure(double fences) {
        double changes =
                changesPerSecond.values().stream().mapToDouble(rate -> rate).sum();
        measures.add(
                "fences",
                "up to " + Amounts.bytes(fences) + " of Redis's memory, at " + Amounts.rate(changes) + " changes and "
                        + Amounts.duration(config.writer().fenceWindow()) + " of fence window");
    }
}
