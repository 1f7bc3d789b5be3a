/** The hot paths by themselves, measured by JMH. */
@NullMarked
package dev.freshet.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
