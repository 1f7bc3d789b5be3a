package dev.freshet.cli.explain;

/**
 * Something that a change does to a cache, or why it does nothing.
 *
 * @param cache its name in the configuration
 * @param words for people, on one line
 */
public record Effect(String cache, String words) {}
