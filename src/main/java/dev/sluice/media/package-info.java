/** Model of a media file: streams, dimensions, signature, damage. */
@NullMarked
package dev.sluice.media;

import org.jspecify.annotations.NullMarked;
