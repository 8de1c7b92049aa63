/** Measures runs and deliveries, publishes the counters over JMX and logs the outcome of each run. */
@NullMarked
package dev.sluice.pipeline.metrics;

import org.jspecify.annotations.NullMarked;
