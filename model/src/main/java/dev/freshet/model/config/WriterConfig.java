package dev.freshet.model.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The writer.
 *
 * @param http where metrics, health and the console are served
 * @param onAttach what a gap, the first attach included, does to the mapped caches
 * @param fenceWindow W of the fill protocol: how long a fence lives; a lease lives at most half of it
 * @param consoleToken what the console asks of those who change something; empty where nothing can be changed there
 */
public record WriterConfig(HostPort http, OnAttach onAttach, Duration fenceWindow, Optional<Secret> consoleToken) {

    /** What the first attach does to the mapped caches. */
    public enum OnAttach {
        FLUSH,
        KEEP
    }
}
