/** Webhook model: URL, address policy, event, signature. */
@NullMarked
package dev.sluice.webhook;

import org.jspecify.annotations.NullMarked;
