@NullMarked
package dev.freshet.demo.page;

import org.jspecify.annotations.NullMarked;
