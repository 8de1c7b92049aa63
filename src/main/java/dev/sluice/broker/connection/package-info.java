/** Connection, reconnection, TLS host check, error mapping. */
@NullMarked
package dev.sluice.broker.connection;

import org.jspecify.annotations.NullMarked;
