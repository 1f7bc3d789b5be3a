/**
 * Real PostgreSQL, Redis and Kafka for tests, the demo and single-machine runs: from Maven artifacts, or from containers.
 *
 * <p>System properties:
 *
 * <dl>
 *   <dt>{@code freshet.stack}
 *   <dd>{@code embedded} (the default) for child processes, {@code containers} for Docker.
 *   <dt>{@code freshet.postgres.major}
 *   <dd>The PostgreSQL to run, 17 by default. Given to Maven, it also chooses the binaries: 14, 15, 16 and 18 have a
 *       profile in the parent POM; for any other version that resolves, {@code -Dpostgres.binaries.version=18.4.0} names
 *       the BOM. At run time it is checked against the binaries on the class path.
 *   <dt>{@code freshet.stack.home}
 *   <dd>Where programs are unpacked and ephemeral servers keep their files; by default a directory for each user in the
 *       one for temporary files. It must allow programs to be run.
 * </dl>
 *
 * <p>How servers end: on Linux each is sent a signal when its parent dies ({@code setpriv --pdeathsig}, where util-linux
 * has it) and has a session of its own, so that Ctrl-C reaches it only through its parent. Elsewhere, and where that
 * fails, the next stack of the same user ends what a killed one left. It knows its own by process id, start time and a
 * path on the command line, and leaves everything else alone.
 */
@NullMarked
package dev.freshet.stack;

import org.jspecify.annotations.NullMarked;
