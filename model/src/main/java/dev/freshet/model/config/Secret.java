package dev.freshet.model.config;

/** A text that prints as stars. */
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
