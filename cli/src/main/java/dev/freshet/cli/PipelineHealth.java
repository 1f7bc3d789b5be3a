package dev.freshet.cli;

import dev.freshet.cli.http.Health;
import dev.freshet.listener.Listener;
import dev.freshet.writer.CacheWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the parts of a pipeline fare, from before they are made until after they are closed. Thread-safe. */
final class PipelineHealth implements Health {

    private final Pipeline.Stages stages;
    private volatile Optional<Listener> listener = Optional.empty();
    private volatile Optional<CacheWriter> writer = Optional.empty();
    private volatile boolean stopping;

    PipelineHealth(Pipeline.Stages stages) {
        this.stages = stages;
    }

    void started(Listener started) {
        listener = Optional.of(started);
    }

    void started(CacheWriter started) {
        writer = Optional.of(started);
    }

    /** From now on nothing is ready. */
    void stopping() {
        stopping = true;
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (stages.listens()) {
            parts.add(listener.map(this::part).orElseGet(() -> starting("listener")));
        }
        if (stages.writes()) {
            parts.add(writer.map(this::part).orElseGet(() -> starting("writer")));
        }
        return parts;
    }

    private static Part starting(String name) {
        return new Part(name, "starting", true, List.of("the " + name + " is starting"));
    }

    private Part part(Listener one) {
        String role = one.state().name().toLowerCase(Locale.ROOT);
        return part("listener", role, one.isAlive(), one.obstacles());
    }

    private Part part(CacheWriter one) {
        List<String> obstacles = one.obstacles();
        return part("writer", obstacles.isEmpty() ? "applying" : "waiting", one.isAlive(), obstacles);
    }

    private Part part(String name, String role, boolean alive, List<String> obstacles) {
        return stopping
                ? new Part(name, "stopping", true, List.of("the " + name + " is stopping"))
                : new Part(name, role, alive, obstacles);
    }
}
