/** Publish with confirms, consume, inspect queues, topology. */
@NullMarked
package dev.sluice.broker;

import org.jspecify.annotations.NullMarked;
