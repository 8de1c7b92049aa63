/** Builds the outbox messages of stages, updates and dead letters. */
@NullMarked
package dev.sluice.routing;

import org.jspecify.annotations.NullMarked;
