/** Stores tickets for event streams. */
@NullMarked
package dev.sluice.persistence.ticket;

import org.jspecify.annotations.NullMarked;
