/** Queries for lost messages, pending rows, stale artifacts. */
@NullMarked
package dev.sluice.persistence.recovery;

import org.jspecify.annotations.NullMarked;
