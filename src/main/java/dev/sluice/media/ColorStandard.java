package dev.sluice.media;

/** Color properties of the outputs, by FFmpeg's names; all limited range. */
public enum ColorStandard {
    BT709("bt709", "bt709", "bt709"),
    /** Standard definition with 525 lines. */
    BT601_525("smpte170m", "smpte170m", "smpte170m"),
    /** Standard definition with 625 lines. */
    BT601_625("bt470bg", "bt470bg", "smpte170m");

    private final String matrix;
    private final String primaries;
    private final String transfer;

    ColorStandard(String matrix, String primaries, String transfer) {
        this.matrix = matrix;
        this.primaries = primaries;
        this.transfer = transfer;
    }

    public String matrix() {
        return matrix;
    }

    public String primaries() {
        return primaries;
    }

    public String transfer() {
        return transfer;
    }
}
