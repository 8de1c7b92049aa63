/** Metrics of the process and of its work, and the endpoint that serves them. */
@NullMarked
package dev.sluice.monitoring;

import org.jspecify.annotations.NullMarked;
