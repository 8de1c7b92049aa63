package dev.sluice.faults;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened so far, for closing in reverse: all of it, also when one does not close, or when the rest does not open. */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> newestFirst = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T opened) {
        newestFirst.push(opened);
        return opened;
    }

    /** Closes all, because of this failure; what does not close is told with it. */
    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!newestFirst.isEmpty()) {
            try {
                newestFirst.pop().close();
            } catch (Exception another) {
                if (failure == null) {
                    failure = new IOException("not everything could be closed", another);
                } else {
                    failure.addSuppressed(another);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
