package dev.freshet.demo.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What is answered.
 *
 * @param staleness the answer has every change that was visible in the database longer ago than this; empty: not known
 */
record Served(String json, Source source, Optional<Duration> staleness) {}
