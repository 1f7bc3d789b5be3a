/** The console, in a browser, by a profile of its own: it needs a Chromium. */
@NullMarked
package dev.freshet.system.browser;

import org.jspecify.annotations.NullMarked;
