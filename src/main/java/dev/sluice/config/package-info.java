/** One record for each section of the configuration. */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
