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

/** Maps exceptions of the SDK to error codes of jobs. No other class inspects them. */
final class S3ErrorMapper {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9.]{1,64}");

    private final String bucket;
    private final String endpoint;
    private final Optional<CaFile> caFile;

    S3ErrorMapper(String bucket, String endpoint, Optional<CaFile> caFile) {
        this.bucket = bucket;
        this.endpoint = endpoint;
        this.caFile = caFile;
    }

    /** @param subject of the request, such as "object 'a/b'" */
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
        if (error instanceof S3Exception response) {
            return responded(subject, response);
        }
        if (error instanceof SdkClientException notSent) {
            return notSent(subject, notSent);
        }
        return error instanceof IOException ? interrupted(subject, error) : JobException.of(error);
    }

    /** The HTTP status of the store's response, or 0. */
    static int httpStatus(Throwable cause) {
        return response(cause).map(S3Exception::statusCode).orElse(0);
    }

    /** The error code of the store's response, such as {@code NoSuchUpload}, or an empty text. */
    static String errorCode(Throwable cause) {
        return response(cause)
                .map(S3Exception::awsErrorDetails)
                .map(AwsErrorDetails::errorCode)
                .filter(code -> CODE.matcher(code).matches())
                .orElse("");
    }

    private static Optional<S3Exception> response(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof S3Exception response) {
                return Optional.of(response);
            }
        }
        return Optional.empty();
    }

    private JobException responded(String subject, S3Exception response) {
        int status = response.statusCode();
        String code = errorCode(response);
        String named = code.isEmpty() ? "HTTP " + status : "HTTP " + status + " " + code;
        if (code.equals("NoSuchBucket")) {
            return rejected(
                    "The bucket '" + bucket + "' does not exist at " + endpoint + " (" + named + ").", response);
        }
        if (code.equals("NoSuchUpload")) {
            return new JobException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "The store at " + endpoint + " lost the multipart upload in progress for the " + subject + " ("
                            + named + ").",
                    response);
        }
        if (status == 404) {
            return new JobException(
                    ErrorCode.OBJECT_NOT_FOUND,
                    "The " + subject + " was not found in bucket '" + bucket + "' (" + named + ").",
                    response);
        }
        if (status == 412) {
            return new JobException(
                    ErrorCode.OBJECT_CHANGED,
                    "The " + subject + " was replaced during the download (" + named + ").",
                    response);
        }
        if (code.equals("InvalidAccessKeyId") || code.equals("SignatureDoesNotMatch")) {
            return rejected(
                    "The store at " + endpoint + " rejected the access key or its secret (" + named + ").", response);
        }
        if (status == 401 || status == 403) {
            return rejected(
                    "The store denied access to the " + subject + " in bucket '" + bucket + "' (" + named + ").",
                    response);
        }
        if (status == 501) {
            return new JobException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "The store at " + endpoint + " does not support the request for the " + subject + " (" + named
                            + ").",
                    response);
        }
        if (status >= 500 || status == 408 || status == 429) {
            return unavailable(subject, " (" + named + ")", response);
        }
        if (status >= 300 && status < 400) {
            return rejected(
                    "The bucket '" + bucket + "' is not at " + endpoint + ": check region and endpoint (" + named
                            + ").",
                    response);
        }
        return rejected("The store rejected the request for the " + subject + " (" + named + ").", response);
    }

    private JobException notSent(String subject, SdkClientException cause) {
        String text = Optional.ofNullable(cause.getMessage()).orElse("");
        return text.contains("Unable to load credentials")
                ? rejected("No credentials for the store at " + endpoint + " were found.", cause)
                : interrupted(subject, cause);
    }

    private JobException interrupted(String subject, Throwable cause) {
        String reason = TlsErrorMapper.reason(cause, "s3.caFile", caFile)
                .map(text -> ": " + text)
                .orElse("");
        return unavailable(subject, reason, cause);
    }

    private JobException unavailable(String subject, String reason, Throwable cause) {
        return new JobException(
                ErrorCode.STORE_UNAVAILABLE,
                "The store at " + endpoint + " failed to transfer the " + subject + reason + ".",
                cause);
    }

    private static JobException rejected(String message, Throwable cause) {
        return new JobException(ErrorCode.STORE_REFUSED, message, cause);
    }
}
