/** Entry point of the production jar; nothing else in the root package. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
