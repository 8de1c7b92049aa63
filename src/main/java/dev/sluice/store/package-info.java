/** PostgreSQL: jobs, stage runs, leases, outbox, the user's tables. */
@NullMarked
package dev.sluice.store;

import org.jspecify.annotations.NullMarked;
