/** The configuration file: its records, its parser, and every problem of it at once. */
@NullMarked
package dev.freshet.model.config;

import org.jspecify.annotations.NullMarked;
