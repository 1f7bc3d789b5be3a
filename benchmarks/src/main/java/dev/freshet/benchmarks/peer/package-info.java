/** What Freshet is measured beside, each as simple and as fast as it can be, each in a process of its own. */
@NullMarked
package dev.freshet.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
