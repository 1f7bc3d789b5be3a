@NullMarked
package dev.freshet.demo.api;

import org.jspecify.annotations.NullMarked;
