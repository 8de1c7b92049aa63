/** Records the progress of runs and stages in batches. */
@NullMarked
package dev.sluice.persistence.progress;

import org.jspecify.annotations.NullMarked;
