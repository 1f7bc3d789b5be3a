@NullMarked
package dev.freshet.listener;

import org.jspecify.annotations.NullMarked;
