/** The pipeline as a table, its verticles, and the command line. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
