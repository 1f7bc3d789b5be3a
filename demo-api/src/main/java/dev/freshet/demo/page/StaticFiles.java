package dev.freshet.demo.page;

import dev.freshet.demo.shop.Resources;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The page and what belongs to it, from memory. Immutable. */
final class StaticFiles {

    private static final Map<String, String> FILES = Map.of(
            "/", "index.html",
            "/page/page.css", "page.css",
            "/page/icon.svg", "icon.svg",
            "/page/main.js", "main.js",
            "/page/chart.js", "chart.js",
            "/page/shelf.js", "shelf.js",
            "/page/faults.js", "faults.js",
            "/page/format.js", "format.js");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private StaticFiles() {}

    static void serve(RoutesConfig routes, UnaryOperator<Handler> guard) {
        FILES.forEach((path, name) -> {
            byte[] text = Resources.text("page/" + name).getBytes(StandardCharsets.UTF_8);
            String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
            routes.get(
                    path,
                    guard.apply(context -> context.header("Cache-Control", "no-cache")
                            .contentType(type)
                            .result(text)));
        });
    }
}
