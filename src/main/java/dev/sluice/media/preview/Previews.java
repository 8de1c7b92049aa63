package dev.sluice.media.preview;

import java.util.Optional;

/**
 * Poster, storyboard and preview clip of an encode.
 *
 * @param poster empty if it is off or could not be made; likewise the storyboard and the clip
 */
public record Previews(Optional<ImageFile> poster, Optional<Storyboard> storyboard, Optional<ClipFile> clip) {
    public static final Previews NONE = new Previews(Optional.empty(), Optional.empty(), Optional.empty());

    /** With this preview clip. */
    public Previews withClip(Optional<ClipFile> made) {
        return new Previews(poster, storyboard, made);
    }
}
