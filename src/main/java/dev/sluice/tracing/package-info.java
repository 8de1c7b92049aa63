/** Exports spans with OpenTelemetry, if the environment of the process requests it. */
@NullMarked
package dev.sluice.tracing;

import org.jspecify.annotations.NullMarked;
