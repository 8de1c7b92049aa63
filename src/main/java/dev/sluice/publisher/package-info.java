/** Publisher verticle: relays the outbox with confirms and sends progress. */
@NullMarked
package dev.sluice.publisher;

import org.jspecify.annotations.NullMarked;
