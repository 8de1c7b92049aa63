package dev.sluice.media.text;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The closed captions in the frames of a video, by channel. */
public final class VideoCaptions {
    /** Of the text of all channels together, in memory: 12 hours of television have about 6 million characters. */
    private static final int MAX_LENGTH = 6 << 20;

    private final List<CaptionField> fields = List.of(new CaptionField(0), new CaptionField(1));
    private final Map<CaptionChannel, SccText> channels = new EnumMap<>(CaptionChannel.class);
    private boolean hasOthers;

    /** Adds a pair of a frame; frames are in the order of presentation. */
    void add(long millis, CaptionData data) {
        if (data.type() < fields.size()) {
            fields.get(data.type()).accept(data.first(), data.second()).ifPresent(pair -> append(millis, pair));
        } else {
            hasOthers = true;
        }
    }

    private void append(long millis, CaptionField.Pair pair) {
        SccText text = channels.computeIfAbsent(pair.channel(), channel -> new SccText());
        if (channels.values().stream().mapToInt(SccText::length).sum() < MAX_LENGTH) {
            text.append(millis, pair);
        } else {
            text.cut();
        }
    }

    /** Ends the captions that are shown at the end of the video: FFmpeg writes a cue when it ends. */
    void end(long millis) {
        channels.forEach((channel, text) -> text.append(millis, CaptionField.Pair.erase(channel)));
    }

    /** What playlists state. */
    public ClosedCaptions summary() {
        return new ClosedCaptions(
                channels.entrySet().stream()
                        .filter(channel -> channel.getValue().isVisible())
                        .map(Map.Entry::getKey)
                        .toList(),
                hasOthers);
    }

    /** Whether {@link #scc} has all captions of a channel: those of all channels together are limited to 6 MiB. */
    public boolean isComplete(CaptionChannel channel) {
        return text(channel).isComplete();
    }

    /** The text of a Scenarist file (SCC) with the captions of a channel. */
    public String scc(CaptionChannel channel) {
        return text(channel).toString();
    }

    private SccText text(CaptionChannel channel) {
        return Optional.ofNullable(channels.get(channel)).orElseGet(SccText::new);
    }
}
