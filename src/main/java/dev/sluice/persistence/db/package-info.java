/** Connection, pool, transactions, batching, error classification, migration. */
@NullMarked
package dev.sluice.persistence.db;

import org.jspecify.annotations.NullMarked;
