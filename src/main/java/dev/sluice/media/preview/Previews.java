package dev.sluice.media.preview;

import java.util.Optional;

/**
 * Poster and storyboard of an encode.
 *
 * @param poster empty if it is off or could not be made; likewise the storyboard
 */
public record Previews(Optional<ImageFile> poster, Optional<Storyboard> storyboard) {
    public static final Previews NONE = new Previews(Optional.empty(), Optional.empty());
}
