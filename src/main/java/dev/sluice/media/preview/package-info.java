/** Images that show parts of a video: poster and storyboard. */
@NullMarked
package dev.sluice.media.preview;

import org.jspecify.annotations.NullMarked;
