package dev.sluice.media;

import java.util.Optional;
import java.util.Set;

/**
 * Color properties of a video stream, by FFmpeg's names; empty where the file does not state them.
 *
 * @param transfer characteristics, {@code bt709}, {@code smpte2084}, …
 */
public record ColorInfo(
        Optional<String> transfer, Optional<String> primaries, Optional<String> space, Optional<String> range) {
    private static final Set<String> HDR_TRANSFERS = Set.of("smpte2084", "arib-std-b67");

    /** Whether the transfer characteristics are those of HDR (PQ or HLG). */
    public boolean isHdr() {
        return transfer.filter(HDR_TRANSFERS::contains).isPresent();
    }
}
