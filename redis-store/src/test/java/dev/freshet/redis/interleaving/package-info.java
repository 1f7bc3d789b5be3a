/**
 * Every interleaving of small worlds, played with the real scripts on a real Redis. A world is one key, perhaps filed under
 * a tag, a simulated PostgreSQL whose commits are in the log before they are visible, a writer that applies the log, readers
 * that lease, take a snapshot, load and fill, and what may befall Redis meanwhile: values end, time passes for leases, fences,
 * entries and tags, auxiliary keys are evicted, a replica takes over. All orders of their steps are enumerated
 * ({@link dev.freshet.redis.interleaving.Schedules}; of orders that differ only in steps that do not touch the same thing,
 * one) and played, where they are too many a drawn part of them, by a seed. After every step the value at the key is judged:
 * it reflects every change that was applied before, and once all is quiet it is what the rows say. Then the rule that a
 * scenario is about is taken out, from the script or from the behaviour, and a schedule that breaks must be found; it is
 * printed shortened. Names of scenarios (B1, E5) are those of the fill protocol's model.
 *
 * <p>Small worlds are always played in full. {@code -Dfreshet.interleavings=N} plays N schedules of each larger one,
 * {@code -Dfreshet.interleavings.seed=S} draws the same ones again, and
 * {@code -Dfreshet.interleavings.schedule="reader1.leases tx1.changes …"} plays one printed schedule in every scenario, of the
 * class that {@code -Dit.test} names, where it may happen, and prints what each step did and what stood at the key after it.
 */
@NullMarked
package dev.freshet.redis.interleaving;

import org.jspecify.annotations.NullMarked;
