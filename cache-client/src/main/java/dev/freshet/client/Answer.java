package dev.freshet.client;

import java.util.Optional;

/** What a read returns, and how it came. */
record Answer<T>(Optional<T> value, Outcome outcome) {}
