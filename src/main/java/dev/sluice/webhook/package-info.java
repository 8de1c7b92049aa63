/** What a webhook is, apart from how it is kept and sent: its receiver's address, its events, its signature. */
@NullMarked
package dev.sluice.webhook;

import org.jspecify.annotations.NullMarked;
