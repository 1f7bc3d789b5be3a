/** What has to hold before anything starts. Looks, and changes nothing anywhere. */
@NullMarked
package dev.freshet.cli.check;

import org.jspecify.annotations.NullMarked;
