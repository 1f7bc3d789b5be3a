package dev.freshet.demo.shop;

import java.time.Instant;

/** @param stars from 1 to 5 */
public record Review(long bookId, int stars, String body, Instant written) {}
