@NullMarked
package dev.freshet.demo.strategy;

import org.jspecify.annotations.NullMarked;
