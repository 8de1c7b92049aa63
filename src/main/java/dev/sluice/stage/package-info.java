/** The {@code Stage} interface and what a stage gets and returns. */
@NullMarked
package dev.sluice.stage;

import org.jspecify.annotations.NullMarked;
