package dev.sluice.media.text;

import java.util.Optional;

/**
 * Separates the byte pairs of one field of line 21 by their channel (ANSI/CTA-608-E, 8.4 and 9). Text services and extended data
 * (XDS) share the field and are left out.
 */
final class CaptionField {
    private static final int DATA_BITS = 0x7f;
    private static final int FIRST_CONTROL = 0x10;
    private static final int FIRST_CHARACTER = 0x20;
    private static final int SECOND_CHANNEL = 8;
    /** First bytes of the codes that select a mode, of channel 1 in field 1 and in field 2. */
    private static final int MODE = 0x14;

    private static final int MODE_OF_FIELD_2 = 0x15;
    /** Second byte of the code that erases the display. */
    static final int ERASE_DISPLAYED = 0x2c;
    /** Second byte of the code after which characters are not displayed at once. */
    static final int LOAD = 0x20;
    /** Second byte of the code that displays what was loaded. */
    static final int DISPLAY = 0x2f;

    private static final int LAST_MODE = 0x2f;
    private static final int SPECIAL_CHARACTERS = 0x11;
    private static final int FIRST_SPECIAL_CHARACTER = 0x30;

    private final int field;
    private final boolean[] isTextService = new boolean[2];
    private int channel;
    /** Whether the following characters belong to a channel. */
    private boolean isSelected;

    /**
     * A byte pair of a channel, without parity.
     *
     * @param first byte, as for channel 1
     */
    record Pair(CaptionChannel channel, int first, int second) {
        /** The code that ends what is displayed. */
        static Pair erase(CaptionChannel channel) {
            return new Pair(channel, MODE, ERASE_DISPLAYED);
        }

        /** Whether it is a code that selects a mode, or erases or displays a caption. */
        boolean isMode() {
            return first == MODE && second >= FIRST_CHARACTER && second <= LAST_MODE;
        }

        /** Whether it shows more than spaces. */
        boolean isVisible() {
            return first > FIRST_CHARACTER
                    || (first == FIRST_CHARACTER && second > FIRST_CHARACTER)
                    || (first == SPECIAL_CHARACTERS && second >= FIRST_SPECIAL_CHARACTER);
        }
    }

    /** @param field 0 or 1 */
    CaptionField(int field) {
        this.field = field;
    }

    /** Accepts the next pair, with parity; empty if it does not belong to captions. */
    Optional<Pair> accept(int firstByte, int secondByte) {
        int first = firstByte & DATA_BITS;
        int second = secondByte & DATA_BITS;
        if (first == 0) {
            return Optional.empty();
        }
        if (first < FIRST_CONTROL) {
            // Extended data, which a control code interrupts.
            isSelected = false;
            return Optional.empty();
        }
        boolean isControl = first < FIRST_CHARACTER;
        if (isControl) {
            channel = (first & SECOND_CHANNEL) == 0 ? 0 : 1;
            isSelected = true;
            first &= ~SECOND_CHANNEL;
            if ((first == MODE || first == MODE_OF_FIELD_2) && second >= FIRST_CHARACTER && second <= LAST_MODE) {
                first = MODE;
                selectMode(second);
            }
        }
        return isSelected && !isTextService[channel]
                ? Optional.of(new Pair(CaptionChannel.of(field, channel), first, second))
                : Optional.empty();
    }

    private void selectMode(int code) {
        switch (code) {
            // Resume caption loading, roll-up of 2 to 4 rows, resume direct captioning, end of caption.
            case LOAD, 0x25, 0x26, 0x27, 0x29, DISPLAY -> isTextService[channel] = false;
            // Text restart, resume text display.
            case 0x2a, 0x2b -> isTextService[channel] = true;
            default -> {}
        }
    }
}
