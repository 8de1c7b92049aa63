package dev.sluice.objectstore.s3;

import dev.sluice.common.tls.CaFile;
import dev.sluice.common.tls.TlsErrorMapper;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the SDK throws, in the words of jobs. The only place that reads its exceptions. */
final class S3ErrorMapper {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9.]{1,64}");

    private final String bucket;
    private final String endpoint;
    private final Optional<CaFile> caFile;

    /**
     * Failures of this store.
     *
     * @param caFile whose authorities it is believed by
     */
    S3ErrorMapper(String bucket, String place, Optional<CaFile> caFile) {
        this.bucket = bucket;
        this.endpoint = place;
        this.caFile = caFile;
    }

    /** The failure that {@code cause} is, of a request about {@code subject} (such as "the object 'a/b'"). */
    JobException translate(String subject, Throwable cause) {
        Throwable error = cause;
        while (error instanceof CompletionException && error.getCause() != null) {
            error = error.getCause();
        }
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (at instanceof JobException failure) {
                return failure;
            }
        }
        if (error instanceof S3Exception answered) {
            return answered(subject, answered);
        }
        if (error instanceof SdkClientException unsent) {
            return unsent(subject, unsent);
        }
        return error instanceof IOException ? unavailable(subject, error) : JobException.of(error);
    }

    /** The status with which the store answered, or 0. */
    static int httpStatus(Throwable cause) {
        return answer(cause).map(S3Exception::statusCode).orElse(0);
    }

    /** The code with which the store said no, such as {@code NoSuchUpload}, or nothing. */
    static String errorCode(Throwable cause) {
        return answer(cause)
                .map(S3Exception::awsErrorDetails)
                .map(AwsErrorDetails::errorCode)
                .filter(code -> CODE.matcher(code).matches())
                .orElse("");
    }

    private static Optional<S3Exception> answer(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof S3Exception answered) {
                return Optional.of(answered);
            }
        }
        return Optional.empty();
    }

    private JobException answered(String subject, S3Exception answer) {
        int status = answer.statusCode();
        String code = errorCode(answer);
        String named = code.isEmpty() ? "HTTP " + status : code;
        if (code.equals("NoSuchBucket")) {
            return refused("The bucket '" + bucket + "' does not exist at " + endpoint + ".", answer);
        }
        if (code.equals("NoSuchUpload")) {
            return new JobException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "The store at " + endpoint + " has lost an upload of parts that was under way for the " + subject
                            + ".",
                    answer);
        }
        if (status == 404) {
            return new JobException(
                    ErrorCode.OBJECT_NOT_FOUND, "There is no " + subject + " in bucket '" + bucket + "'.", answer);
        }
        if (status == 412) {
            return new JobException(
                    ErrorCode.OBJECT_CHANGED, "The " + subject + " was replaced while it was being read.", answer);
        }
        if (code.equals("InvalidAccessKeyId") || code.equals("SignatureDoesNotMatch")) {
            return refused(
                    "The store at " + endpoint + " does not accept the access key or its secret (" + code + ").",
                    answer);
        }
        if (status == 401 || status == 403) {
            return refused(
                    "The store refused access to the " + subject + " in bucket '" + bucket + "' (" + named + ").",
                    answer);
        }
        if (status >= 500 || status == 408 || status == 429) {
            return unavailable(subject, answer);
        }
        if (status >= 300 && status < 400) {
            return refused(
                    "The bucket '" + bucket + "' is not at " + endpoint + ": check region and endpoint (" + named
                            + ").",
                    answer);
        }
        return refused("The store refused the request for the " + subject + " (" + named + ").", answer);
    }

    private JobException unsent(String subject, SdkClientException cause) {
        String text = Optional.ofNullable(cause.getMessage()).orElse("");
        return text.contains("Unable to load credentials")
                ? refused("No credentials for the store at " + endpoint + " were found.", cause)
                : unavailable(subject, cause);
    }

    private JobException unavailable(String subject, Throwable cause) {
        String why = TlsErrorMapper.reason(cause, "s3.caFile", caFile)
                .map(reason -> ": " + reason)
                .orElse("");
        return new JobException(
                ErrorCode.STORE_UNAVAILABLE,
                "The store at " + endpoint + " did not deliver or take the " + subject + why + ".",
                cause);
    }

    private static JobException refused(String sentence, Throwable cause) {
        return new JobException(ErrorCode.STORE_REFUSED, sentence, cause);
    }
}
