/** The words of the pipeline, one meaning each: row changes, key templates, mappings, positions and snapshots. */
@NullMarked
package dev.freshet.model;

import org.jspecify.annotations.NullMarked;
