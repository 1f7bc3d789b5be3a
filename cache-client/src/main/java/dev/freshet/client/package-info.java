/** The read side: what an application uses in place of a hand-written cache-aside. */
@org.jspecify.annotations.NullMarked
package dev.freshet.client;
