package dev.freshet.client;

/**
 * The right to load and fill one key.
 *
 * @param grantedNanos when it was known to be granted: later than Redis began to count
 */
record Lease(String key, String token, long grantedNanos) {}
