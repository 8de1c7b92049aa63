/** Images and a clip that show parts of a video: poster, storyboard and preview clip. */
@NullMarked
package dev.sluice.media.preview;

import org.jspecify.annotations.NullMarked;
