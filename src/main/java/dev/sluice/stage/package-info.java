/** The stages and the verticle that runs them. */
@NullMarked
package dev.sluice.stage;

import org.jspecify.annotations.NullMarked;
