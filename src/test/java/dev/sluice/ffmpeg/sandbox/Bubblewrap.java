package dev.sluice.ffmpeg.sandbox;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Whether this machine has a bubblewrap that may do its work, found out without any code of ours. */
public final class Bubblewrap {
    private Bubblewrap() {}

    public static boolean works() {
        try {
            Process tried = new ProcessBuilder(
                            "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
