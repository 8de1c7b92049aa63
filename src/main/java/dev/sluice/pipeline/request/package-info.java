/** Single-stage requests of the legacy flow: decode, reject, run. */
@NullMarked
package dev.sluice.pipeline.request;

import org.jspecify.annotations.NullMarked;
