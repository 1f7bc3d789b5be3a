@NullMarked
package dev.freshet.demo.arena;

import org.jspecify.annotations.NullMarked;
