/** Ids, attempt, stage name, error codes, failure exception. */
@NullMarked
package dev.sluice.job;

import org.jspecify.annotations.NullMarked;
