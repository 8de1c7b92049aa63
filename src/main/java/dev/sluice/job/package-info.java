/** IDs of jobs and runs, stages, error codes and the exception of a failed run. */
@NullMarked
package dev.sluice.job;

import org.jspecify.annotations.NullMarked;
