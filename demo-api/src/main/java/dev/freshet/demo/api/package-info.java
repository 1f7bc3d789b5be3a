/** The book shop over HTTP, read through Redis. */
@NullMarked
package dev.freshet.demo.api;

import org.jspecify.annotations.NullMarked;
