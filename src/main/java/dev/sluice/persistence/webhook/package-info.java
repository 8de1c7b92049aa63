/** Webhook subscriptions and deliveries. */
@NullMarked
package dev.sluice.persistence.webhook;

import org.jspecify.annotations.NullMarked;
