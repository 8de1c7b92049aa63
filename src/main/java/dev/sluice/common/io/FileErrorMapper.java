package dev.sluice.common.io;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maps file errors to error codes of jobs. */
public final class FileErrorMapper {
    private FileErrorMapper() {}

    public static JobException translate(Throwable cause) {
        if (cause instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return translate(unchecked.getCause());
        }
        if (cause instanceof NoSuchFileException
                || cause instanceof FileNotFoundException
                || (cause instanceof IOException && isImpossiblePath(cause))) {
            return new JobException(ErrorCode.FILES_MISSING, "A file that this stage needs was not found.", cause);
        }
        if (cause instanceof IOException && isDiskFull(cause)) {
            return diskFull(cause);
        }
        return JobException.of(cause);
    }

    public static JobException diskFull(@Nullable Throwable cause) {
        return new JobException(ErrorCode.DISK_FULL, "The disk of the workspace is full.", cause);
    }

    /** The path has a file as parent directory, or a name that is too long. */
    private static boolean isImpossiblePath(Throwable cause) {
        String text = Optional.ofNullable(cause.getMessage()).orElse("").toLowerCase(Locale.ROOT);
        return text.endsWith("not a directory") || text.endsWith("file name too long");
    }

    // Java has no exception type for ENOSPC and EDQUOT; only the text of the system identifies them.
    private static boolean isDiskFull(Throwable cause) {
        String text = Optional.ofNullable(cause.getMessage()).orElse("").toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
    }
}
