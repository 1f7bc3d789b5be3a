/** The documents are tried as readers would: their commands run, their files read, their links lead somewhere. */
@NullMarked
package dev.freshet.system.documents;

import org.jspecify.annotations.NullMarked;
