/** Hybrid MP4 files: a progressive MP4 that contains CMAF fragments for HLS and DASH. */
@NullMarked
package dev.sluice.media.hybrid;

import org.jspecify.annotations.NullMarked;
