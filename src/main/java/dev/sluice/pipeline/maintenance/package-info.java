/** Periodic work: resends lost messages, adopts pending jobs, deletes orphaned artifacts. */
@NullMarked
package dev.sluice.pipeline.maintenance;

import org.jspecify.annotations.NullMarked;
