package dev.freshet.cli;

import dev.freshet.cli.http.Health;
import dev.freshet.cli.log.LogEvents;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The process's one registry, and what it tells of the process itself. Thread-safe. */
final class Telemetry implements AutoCloseable {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private final LogEvents logs;

    Telemetry(String pipeline) {
        registry.config().commonTags("pipeline", pipeline);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collector.bindTo(registry);
        logs = LogEvents.countedBy(registry);
        Gauge.builder("freshet.build.info", () -> 1)
                .description("The version that runs")
                .tag("version", Version.number())
                .register(registry);
    }

    MeterRegistry registry() {
        return registry;
    }

    String scrape() {
        return registry.scrape();
    }

    /** Tells of a part whether it is ready. */
    void readiness(String part, Health health) {
        Gauge.builder("freshet.ready", health, told -> ready(part, told) ? 1 : 0)
                .description("Whether changes come through the part")
                .tag("part", part)
                .strongReference(true)
                .register(registry);
    }

    private static boolean ready(String name, Health health) {
        return health.parts().stream().filter(part -> part.name().equals(name)).anyMatch(Health.Part::ready);
    }

    @Override
    public void close() {
        collector.close();
        logs.close();
        registry.close();
    }
}
