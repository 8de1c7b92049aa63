/** Claim, lease, settle runs; task results. */
@NullMarked
package dev.sluice.persistence.run;

import org.jspecify.annotations.NullMarked;
