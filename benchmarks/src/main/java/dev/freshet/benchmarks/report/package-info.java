/** What was measured, as tables, charts and a document. */
@NullMarked
package dev.freshet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
