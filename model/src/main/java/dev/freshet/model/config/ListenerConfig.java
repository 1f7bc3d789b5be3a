package dev.freshet.model.config;

/** @param http where metrics and health are served */
public record ListenerConfig(HostPort http) {}
