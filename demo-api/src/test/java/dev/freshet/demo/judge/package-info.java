@NullMarked
package dev.freshet.demo.judge;

import org.jspecify.annotations.NullMarked;
