/** Run counters, JMX, outcome log line. */
@NullMarked
package dev.sluice.pipeline.metrics;

import org.jspecify.annotations.NullMarked;
