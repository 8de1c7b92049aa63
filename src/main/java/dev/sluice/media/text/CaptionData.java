package dev.sluice.media.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A byte pair of caption data in a frame ({@code cc_data_pkt}, ANSI/SCTE 128 and ATSC A/53 part 4).
 *
 * @param type 0 and 1: the fields of line 21; 2 and 3: CTA-708
 * @param first byte, 0 to 255
 * @param second byte, 0 to 255
 */
record CaptionData(int type, int first, int second) {
    private static final int REGISTERED_USER_DATA = 4;
    private static final int EMULATION_PREVENTION = 3;
    /** Country (USA), provider (ATSC), identifier {@code GA94}, type of the data ({@code cc_data}). */
    private static final byte[] PREFIX = {(byte) 0xb5, 0, 0x31, 'G', 'A', '9', '4', 3};
    /** After the prefix: flags with the number of pairs, and a reserved byte. */
    private static final int HEADER_BYTES = PREFIX.length + 2;

    private static final int HAS_PAIRS = 0x40;
    private static final int COUNT = 0x1f;
    private static final int IS_VALID = 4;
    private static final int TYPE = 3;
    private static final int PAIR_BYTES = 3;

    /**
     * The valid pairs in an SEI NAL unit of H.264 (ITU-T H.264, 7.3.2.3); none if it has other data or is incomplete.
     *
     * @param nalUnit with its header byte and emulation prevention bytes
     */
    static List<CaptionData> ofSei(byte[] nalUnit) {
        byte[] payload = new byte[nalUnit.length];
        int length = 0;
        int zeros = 0;
        for (int i = 1; i < nalUnit.length; i++) {
            if (zeros >= 2 && nalUnit[i] == EMULATION_PREVENTION) {
                zeros = 0;
            } else {
                zeros = nalUnit[i] == 0 ? zeros + 1 : 0;
                payload[length++] = nalUnit[i];
            }
        }
        List<CaptionData> pairs = new ArrayList<>();
        int position = 0;
        while (position + 1 < length) {
            int[] fields = new int[2];
            for (int i = 0; i < fields.length; i++) {
                int value = 0xff;
                while (value == 0xff && position < length) {
                    value = Byte.toUnsignedInt(payload[position++]);
                    fields[i] += value;
                }
            }
            int end = Math.min(length, position + fields[1]);
            if (fields[0] == REGISTERED_USER_DATA) {
                addPairs(payload, position, end, pairs);
            }
            position = end;
        }
        return pairs;
    }

    private static void addPairs(byte[] payload, int start, int end, List<CaptionData> pairs) {
        if (end - start < HEADER_BYTES) {
            return;
        }
        for (int i = 0; i < PREFIX.length; i++) {
            if (payload[start + i] != PREFIX[i]) {
                return;
            }
        }
        int flags = payload[start + PREFIX.length];
        int position = start + HEADER_BYTES;
        for (int i = (flags & HAS_PAIRS) == 0 ? 0 : flags & COUNT; i > 0 && position + PAIR_BYTES <= end; i--) {
            if ((payload[position] & IS_VALID) != 0) {
                pairs.add(new CaptionData(
                        payload[position] & TYPE,
                        Byte.toUnsignedInt(payload[position + 1]),
                        Byte.toUnsignedInt(payload[position + 2])));
            }
            position += PAIR_BYTES;
        }
    }
}
