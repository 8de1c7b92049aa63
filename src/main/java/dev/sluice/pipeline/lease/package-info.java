/** Renews leases, waits for a prior lease, reacts to cancellation. */
@NullMarked
package dev.sluice.pipeline.lease;

import org.jspecify.annotations.NullMarked;
