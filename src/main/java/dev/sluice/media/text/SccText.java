package dev.sluice.media.text;

import java.util.Locale;

/**
 * The captions of one channel as the text of a Scenarist file (SCC), with a line for each time. FFmpeg reads the bytes of a line at
 * its time, and the fourth number of a time as units of 33 ms.
 */
final class SccText {
    private static final double FRAME_MILLIS = 33;
    private static final int PARITY = 0x80;

    private final StringBuilder text = new StringBuilder("Scenarist_SCC V1.0\n");
    private long lastMillis = -1;
    private boolean isVisible;
    private boolean isLoading;
    private boolean isEmpty = true;
    private boolean isComplete = true;

    /** Appends a pair. Times do not decrease. */
    void append(long millis, CaptionField.Pair pair) {
        isVisible |= pair.isVisible();
        if (pair.isVisible() && isEmpty && !isLoading) {
            // FFmpeg starts a cue at the last change of the display.
            write(millis, CaptionField.Pair.erase(pair.channel()));
            isEmpty = false;
        }
        if (pair.isMode()) {
            select(pair.second());
        }
        write(millis, pair);
    }

    private void select(int mode) {
        switch (mode) {
            case CaptionField.LOAD -> isLoading = true;
            case CaptionField.DISPLAY -> {
                isLoading = true;
                isEmpty = false;
            }
            case CaptionField.ERASE_DISPLAYED -> isEmpty = true;
            // Roll-up of 2 to 4 rows, direct captioning.
            case 0x25, 0x26, 0x27, 0x29 -> isLoading = false;
            default -> {}
        }
    }

    private void write(long millis, CaptionField.Pair pair) {
        text.append(
                millis == lastMillis
                        ? " "
                        : String.format(
                                Locale.ROOT,
                                "\n%02d:%02d:%02d:%02d\t",
                                millis / 3_600_000,
                                millis / 60_000 % 60,
                                millis / 1000 % 60,
                                Math.round(millis % 1000 / FRAME_MILLIS)));
        text.append(String.format(Locale.ROOT, "%02x%02x", odd(pair.first()), odd(pair.second())));
        lastMillis = millis;
    }

    /** Notes that a pair was left out. */
    void cut() {
        isComplete = false;
    }

    boolean isComplete() {
        return isComplete;
    }

    /** Characters so far. */
    int length() {
        return text.length();
    }

    /** Whether there are more than spaces and control codes. */
    boolean isVisible() {
        return isVisible;
    }

    private static int odd(int value) {
        return Integer.bitCount(value) % 2 == 0 ? value | PARITY : value;
    }

    @Override
    public String toString() {
        return text + "\n";
    }
}
