package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.job.JobException;
import dev.sluice.media.FileSignature;
import io.vertx.core.Future;
import java.nio.ByteBuffer;

/** Rejects uploads that are certainly not a video, by their first bytes. */
final class VideoSignatureCheck {
    private VideoSignatureCheck() {}

    /** Fails with {@link RequestRejectedException.Reason#NOT_A_VIDEO}; reads from a duplicate of {@code first}. */
    static Future<Void> check(ByteBuffer first) {
        byte[] head = new byte[Math.min(FileSignature.LENGTH, first.remaining())];
        first.duplicate().get(head);
        return head.length == 0
                ? reject("The file is empty.")
                : FileSignature.reject(head)
                        .map(JobException::message)
                        .map(VideoSignatureCheck::<Void>reject)
                        .orElseGet(Future::succeededFuture);
    }

    static <T> Future<T> reject(String message) {
        return Future.failedFuture(new RequestRejectedException(RequestRejectedException.Reason.NOT_A_VIDEO, message));
    }

    /** Whether an upload failed because it is not a video. */
    static boolean isRejection(Throwable cause) {
        return cause instanceof RequestRejectedException rejection
                && rejection.reason() == RequestRejectedException.Reason.NOT_A_VIDEO;
    }
}
