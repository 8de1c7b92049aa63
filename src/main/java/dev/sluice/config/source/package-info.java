/** The configuration file as it is now, and what changed in it. */
@NullMarked
package dev.sluice.config.source;

import org.jspecify.annotations.NullMarked;
