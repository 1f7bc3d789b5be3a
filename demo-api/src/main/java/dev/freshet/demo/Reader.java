package dev.freshet.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A user of the API, over HTTP. Thread-safe. */
final class Reader {

    /** @param source the {@code X-Cache} header; empty when there is none */
    record Reply(int status, String source, JsonNode body) {}

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI api;

    Reader(URI api) {
        this.api = api;
    }

    Reply get(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(api.resolve(path)).timeout(PATIENCE).build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(),
                    response.headers().firstValue("X-Cache").orElse(""),
                    Json.read(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException("the API did not answer " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the API", e);
        }
    }
}
