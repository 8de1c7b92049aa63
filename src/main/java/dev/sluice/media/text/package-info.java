/** Model of text tracks, and WebVTT files. */
@NullMarked
package dev.sluice.media.text;

import org.jspecify.annotations.NullMarked;
