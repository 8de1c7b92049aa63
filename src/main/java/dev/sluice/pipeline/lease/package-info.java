/** Renews leases, waits for the expiry of a previous lease, handles cancelled jobs. */
@NullMarked
package dev.sluice.pipeline.lease;

import org.jspecify.annotations.NullMarked;
