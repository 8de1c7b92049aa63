/** The publisher verticle: relays the outbox and throttles progress. */
@NullMarked
package dev.sluice.update;

import org.jspecify.annotations.NullMarked;
