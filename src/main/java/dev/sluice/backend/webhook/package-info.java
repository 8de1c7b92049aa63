/** Sends webhook deliveries: resolve, check the address, post, retry. */
@NullMarked
package dev.sluice.backend.webhook;

import org.jspecify.annotations.NullMarked;
