/**
 * {@code freshet doctor}: everything an attach needs. What was seen stands in {@code …Facts}; a {@code …Judge} makes
 * findings of it, and asks nobody. Looks, and changes nothing anywhere.
 */
@NullMarked
package dev.freshet.cli.doctor;

import org.jspecify.annotations.NullMarked;
