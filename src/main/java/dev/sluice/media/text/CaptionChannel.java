package dev.sluice.media.text;

/** A channel of closed captions (ANSI/CTA-608-E, "CEA-608"): two in each of the two fields of line 21. */
public enum CaptionChannel {
    CC1,
    CC2,
    CC3,
    CC4;

    /**
     * The channel in a field.
     *
     * @param field 0 or 1
     * @param channel 0 or 1
     */
    static CaptionChannel of(int field, int channel) {
        return values()[2 * field + channel];
    }
}
