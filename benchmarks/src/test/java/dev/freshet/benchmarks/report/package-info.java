@NullMarked
package dev.freshet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
