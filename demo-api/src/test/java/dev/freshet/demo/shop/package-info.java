@NullMarked
package dev.freshet.demo.shop;

import org.jspecify.annotations.NullMarked;
