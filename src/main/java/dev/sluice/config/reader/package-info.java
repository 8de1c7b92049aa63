/** Reads file and environment, collects all errors, suggests keys. */
@NullMarked
package dev.sluice.config.reader;

import org.jspecify.annotations.NullMarked;
