package dev.freshet.model.config;

/**
 * The listener.
 *
 * @param http where metrics and health are served
 */
public record ListenerConfig(HostPort http) {}
