package dev.sluice.media.concat;

import dev.sluice.media.mp4.Mp4Output;
import java.io.IOException;

/** Collects equal values that follow each other, as {@code stts} and {@code ctts} store them. */
final class RunTable {
    private final Run target;
    private int count;
    private int value;

    /** Receives a run. */
    interface Run {
        void accept(int count, int value) throws IOException;
    }

    RunTable(Run target) {
        this.target = target;
    }

    static RunTable writingTo(Mp4Output out) {
        return new RunTable((count, value) -> {
            out.int32(count);
            out.int32(value);
        });
    }

    void add(int next) throws IOException {
        if (count > 0 && next != value) {
            finish();
        }
        value = next;
        count++;
    }

    /** Passes on the last run. */
    void finish() throws IOException {
        target.accept(count, value);
        count = 0;
    }
}
