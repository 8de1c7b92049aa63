/** Transactional outbox. */
@NullMarked
package dev.sluice.persistence.outbox;

import org.jspecify.annotations.NullMarked;
