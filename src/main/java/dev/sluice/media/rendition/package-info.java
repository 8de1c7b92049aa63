/** Rendition ladder, its files, result, speed estimate. */
@NullMarked
package dev.sluice.media.rendition;

import org.jspecify.annotations.NullMarked;
