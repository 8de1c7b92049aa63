/** Whom we believe over TLS, and what went wrong when we do not. */
@NullMarked
package dev.sluice.tls;

import org.jspecify.annotations.NullMarked;
