package dev.freshet.cli.http;

import io.javalin.config.JavalinConfig;
import java.util.function.Supplier;

/** {@code /metrics}, in Prometheus' text format. */
public final class MetricsRoutes implements Routes {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Supplier<String> scrape;

    /** @param scrape the text as it is now; called by several threads at a time */
    public MetricsRoutes(Supplier<String> scrape) {
        this.scrape = scrape;
    }

    @Override
    public void configure(JavalinConfig server) {
        server.routes.get("/metrics", context -> context.contentType(TEXT).result(scrape.get()));
    }
}
