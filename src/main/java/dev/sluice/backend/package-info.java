/** The other half: how jobs come to be. */
@NullMarked
package dev.sluice.backend;

import org.jspecify.annotations.NullMarked;
