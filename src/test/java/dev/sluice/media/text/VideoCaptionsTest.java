package dev.sluice.media.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoCaptionsTest {
    private final VideoCaptions captions = new VideoCaptions();

    private void add(long millis, int type, String pairs) {
        for (String pair : pairs.split(" ")) {
            int value = Integer.parseInt(pair, 16);
            captions.add(millis, new CaptionData(type, value >> 8, value & 0xff));
        }
    }

    @Test
    void writesALineForEachTime() {
        add(1_000, 0, "9420 c8e9");
        add(3_723_066, 0, "942f");
        captions.end(3_724_990);

        assertThat(captions.summary()).isEqualTo(new ClosedCaptions(List.of(CaptionChannel.CC1), false));
        assertThat(captions.scc(CaptionChannel.CC1)).isEqualTo("""
                Scenarist_SCC V1.0

                00:00:01:00\t9420 c8e9
                01:02:03:02\t942f
                01:02:04:30\t942c
                """);
    }

    /** FFmpeg reads the first channel of the first field. */
    @Test
    void writesAllChannelsAsTheFirst() {
        add(0, 0, "9420 c1c1 1c20 c2c2");
        add(0, 1, "1520 4343 9d20 c4c4");

        assertThat(captions.summary().channels()).containsExactly(CaptionChannel.values());
        assertThat(captions.scc(CaptionChannel.CC1)).endsWith("\t9420 c1c1\n");
        assertThat(captions.scc(CaptionChannel.CC2)).endsWith("\t9420 c2c2\n");
        assertThat(captions.scc(CaptionChannel.CC3)).endsWith("\t9420 4343\n");
        assertThat(captions.scc(CaptionChannel.CC4)).endsWith("\t9420 c4c4\n");
    }

    /** FFmpeg starts a cue where the display was last erased. */
    @Test
    void erasesBeforeTextThatIsDisplayedAtOnce() {
        add(0, 0, "9429 9470");
        add(1_000, 0, "c1c1");
        add(2_000, 0, "c2c2");
        add(3_000, 0, "942c 9420 4343 942f");

        assertThat(captions.scc(CaptionChannel.CC1)).endsWith("""
                00:00:00:00\t9429 9470
                00:00:01:00\t942c c1c1
                00:00:02:00\tc2c2
                00:00:03:00\t942c 9420 4343 942f
                """);
    }

    @Test
    void leavesOutTextServicesAndExtendedData() {
        add(0, 0, "942b 5445 5854 9420 4341 942b 5854");
        add(0, 1, "1520 4343 0183 5844 8f1d 5858 1520 4343");

        assertThat(captions.scc(CaptionChannel.CC1)).endsWith("\t9420 43c1\n");
        assertThat(captions.scc(CaptionChannel.CC3)).endsWith("\t9420 4343 9420 4343\n");
    }

    /** Broadcasts without captions have padding, and control codes. */
    @ParameterizedTest
    @CsvSource({"0, 8080 8080, false", "0, 942c 942c 2020, false", "1, 0103 5858 8f80, false", "3, ff01, true"})
    void findsNoChannelWithoutText(int type, String pairs, boolean mayHaveOthers) {
        add(0, type, pairs);

        assertThat(captions.summary()).isEqualTo(new ClosedCaptions(List.of(), mayHaveOthers));
    }

    @Test
    void limitsTheText() {
        for (int i = 0; i < 2_000_000; i++) {
            captions.add(0, new CaptionData(0, i == 0 ? 0x94 : 0xc1, 0x20));
            captions.add(0, new CaptionData(1, i == 0 ? 0x94 : 0xc1, 0x20));
        }

        assertThat(captions.isComplete(CaptionChannel.CC1)).isFalse();
        assertThat(captions.isComplete(CaptionChannel.CC2)).isTrue();
        assertThat(captions.isComplete(CaptionChannel.CC3)).isFalse();
        assertThat(captions.scc(CaptionChannel.CC1).length()
                        + captions.scc(CaptionChannel.CC3).length())
                .isBetween(6 << 20, (6 << 20) + 100);
    }

    /** The second is invalid; an emulation prevention byte follows the third. */
    @Test
    void readsValidPairsOfAMessage() {
        assertThat(message("06 05 02 aabb 04 17 b50031 47413934 03 44 ff fc9420 f98080 fd0000 03fc9421 ff 80"))
                .containsExactly(
                        new CaptionData(0, 0x94, 0x20), new CaptionData(1, 0, 0), new CaptionData(0, 0x94, 0x21));
    }

    @ParameterizedTest
    @CsvSource({
        "06",
        "06 04",
        "06 04 ff ff ff",
        "06 04 0e b50031 47413934 03 5f ff fc94",
        "06 04 0e b50031 47413934 03 01 ff fc9420",
        "06 04 0e b50031 47413934 06 41 ff fc9420 ff",
        "06 04 0e b5003b 47413934 03 41 ff fc9420 ff",
        "06 05 0e b50031 47413934 03 41 ff fc9420 ff",
    })
    void ignoresOtherAndIncompleteMessages(String hex) {
        assertThat(message(hex)).isEmpty();
    }

    private static List<CaptionData> message(String hex) {
        return CaptionData.ofSei(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
