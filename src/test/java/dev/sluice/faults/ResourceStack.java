package dev.sluice.faults;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Closes resources in reverse order of opening. A resource that cannot be closed does not prevent the others from closing. */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> newestFirst = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T opened) {
        newestFirst.push(opened);
        return opened;
    }

    /** Closes all after this failure; errors are added to it as suppressed. */
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
            } catch (Exception cause) {
                if (failure == null) {
                    failure = new IOException("some resources were not closed", cause);
                } else {
                    failure.addSuppressed(cause);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
