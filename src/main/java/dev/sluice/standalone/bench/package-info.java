/** Benchmark against plain FFmpeg. */
@NullMarked
package dev.sluice.standalone.bench;

import org.jspecify.annotations.NullMarked;
