/** CA file, trust managers, TLS error mapping. */
@NullMarked
package dev.sluice.common.tls;

import org.jspecify.annotations.NullMarked;
