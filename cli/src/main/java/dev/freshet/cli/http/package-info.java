/** What the long-running commands serve over HTTP. */
@NullMarked
package dev.freshet.cli.http;

import org.jspecify.annotations.NullMarked;
