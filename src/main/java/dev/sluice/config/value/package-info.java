/** Value types: secret, TLS mode, public key file, exception. */
@NullMarked
package dev.sluice.config.value;

import org.jspecify.annotations.NullMarked;
