/** Formats jobs, updates and dead letters for a terminal. */
@NullMarked
package dev.sluice.cli.output;

import org.jspecify.annotations.NullMarked;
