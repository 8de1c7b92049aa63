/** Periodic work: resend lost messages, adopt pending jobs, remove orphaned artifacts. */
@NullMarked
package dev.sluice.pipeline.maintenance;

import org.jspecify.annotations.NullMarked;
