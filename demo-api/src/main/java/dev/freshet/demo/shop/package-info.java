/** The book shop's tables, its generated rows and its queries. Knows neither HTTP nor Redis. */
@NullMarked
package dev.freshet.demo.shop;

import org.jspecify.annotations.NullMarked;
