package dev.freshet.cli.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

/** The page and what belongs to it, from memory. Immutable. */
final class StaticFiles {

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final Map<String, String> FILES = new LinkedHashMap<>();

    static {
        FILES.put("/", "index.html");
        for (String name : new String[] {
            "console.css",
            "icon.svg",
            "main.js",
            "stream.js",
            "format.js",
            "chart.js",
            "flow.js",
            "caches.js",
            "letters.js",
            "incidents.js",
            "explain.js"
        }) {
            FILES.put("/console/" + name, name);
        }
    }

    private record Page(String text, String type, String tag) {}

    private final Map<String, Page> pages = new LinkedHashMap<>();

    StaticFiles() {
        FILES.forEach((path, name) -> {
            byte[] bytes = read(name);
            CRC32 sum = new CRC32();
            sum.update(bytes);
            String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
            pages.put(
                    path,
                    new Page(
                            new String(bytes, StandardCharsets.UTF_8),
                            type,
                            "\"" + Long.toHexString(sum.getValue()) + "-" + bytes.length + "\""));
        });
    }

    private static byte[] read(String name) {
        try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void serve(RoutesConfig routes, UnaryOperator<Handler> guard) {
        pages.forEach((path, page) -> routes.get(path, guard.apply(context -> serve(context, page))));
    }

    private static void serve(Context context, Page page) {
        context.header("Cache-Control", "no-cache").header("ETag", page.tag());
        if (page.tag().equals(context.header("If-None-Match"))) {
            context.status(304);
        } else {
            context.contentType(page.type()).result(page.text().getBytes(StandardCharsets.UTF_8));
        }
    }
}
