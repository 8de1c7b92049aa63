/** Spans of the work of this process, independent of the library that exports them. */
@NullMarked
package dev.sluice.common.tracing;

import org.jspecify.annotations.NullMarked;
