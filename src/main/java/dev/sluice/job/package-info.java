/** The vocabulary of jobs: ids, stages, failures; depends on nothing of ours. */
@NullMarked
package dev.sluice.job;

import org.jspecify.annotations.NullMarked;
