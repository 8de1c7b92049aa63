package dev.sluice.common.io;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What went wrong with files, in the words of jobs. */
public final class DiskFailures {
    private DiskFailures() {}

    public static JobFailure of(Throwable cause) {
        if (cause instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return of(unchecked.getCause());
        }
        if (cause instanceof NoSuchFileException
                || cause instanceof FileNotFoundException
                || (cause instanceof IOException && saysThatItCannotExist(cause))) {
            return new JobFailure(
                    ErrorCode.FILES_MISSING, "A file that this stage needs is not there any more.", cause);
        }
        if (cause instanceof IOException && saysFull(cause)) {
            return diskFull(cause);
        }
        return JobFailure.of(cause);
    }

    public static JobFailure diskFull(@Nullable Throwable cause) {
        return new JobFailure(ErrorCode.DISK_FULL, "The disk of the workspace is full.", cause);
    }

    /** A message named a file below a file, or by a name longer than any. */
    private static boolean saysThatItCannotExist(Throwable cause) {
        String text = Optional.ofNullable(cause.getMessage()).orElse("").toLowerCase(Locale.ROOT);
        return text.endsWith("not a directory") || text.endsWith("file name too long");
    }

    // Java has no type for ENOSPC and EDQUOT: the system's text is all there is.
    private static boolean saysFull(Throwable cause) {
        String text = Optional.ofNullable(cause.getMessage()).orElse("").toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
    }
}
