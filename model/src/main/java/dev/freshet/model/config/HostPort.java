package dev.freshet.model.config;

/** An address to serve at; port 0 takes a free one. */
public record HostPort(String host, int port) {
    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
