package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * Prefix command that schedules a program as batch work, sched(7) {@code SCHED_BATCH}. The program gets the same share of the
 * processors as before, but its threads do not preempt other threads when they wake. See
 * docs/decisions/015-run-ffmpeg-with-sched-batch.md.
 *
 * @param chrt the program of util-linux that sets the policy
 */
public record BatchScheduling(Path chrt) {
    /** Start of a command line; the command to run follows. */
    public List<String> commandPrefix() {
        // BusyBox supports short options only.
        return List.of(chrt.toString(), "-b", "0");
    }
}
