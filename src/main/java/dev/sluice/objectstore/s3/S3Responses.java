package dev.sluice.objectstore.s3;

import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.Checksum;
import dev.sluice.objectstore.ChecksumAlgorithm;
import dev.sluice.objectstore.ObjectMetadata;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Reads responses of the SDK. */
final class S3Responses {
    private S3Responses() {}

    static ObjectMetadata metadata(HeadObjectResponse head) {
        String etag = etag(head.eTag());
        long size = Optional.ofNullable(head.contentLength()).orElse(0L);
        Optional<Checksum> md5 = md5(etag, head.serverSideEncryption(), head.sseCustomerAlgorithm());
        return new ObjectMetadata(
                size,
                etag,
                Optional.ofNullable(head.contentType()),
                checksum(head).or(() -> md5));
    }

    static ObjectMetadata metadata(GetObjectResponse get) {
        String etag = etag(get.eTag());
        return new ObjectMetadata(
                contentRange(get).total(),
                etag,
                Optional.ofNullable(get.contentType()),
                md5(etag, get.serverSideEncryption(), get.sseCustomerAlgorithm()));
    }

    /** The bytes in the body of a response; a store that ignores ranges sends the whole object. */
    static ByteRange.ContentRange contentRange(GetObjectResponse get) {
        String range = get.contentRange();
        if (range != null) {
            return ByteRange.parseContentRange(range);
        }
        long size = Optional.ofNullable(get.contentLength()).orElse(0L);
        return new ByteRange.ContentRange(new ByteRange(0, size), size);
    }

    /** An ETag without its quotes; empty if the store sent none. */
    static String etag(@Nullable String header) {
        if (header == null) {
            return "";
        }
        String plain = header.startsWith("W/") ? header.substring(2) : header;
        return plain.replace("\"", "");
    }

    /** The MD5 in an ETag, unless the encryption of the object makes the ETag a different value. */
    static Optional<Checksum> md5(
            String etag, @Nullable ServerSideEncryption encryption, @Nullable String customerAlgorithm) {
        boolean plain = encryption == null || encryption == ServerSideEncryption.AES256;
        return plain && customerAlgorithm == null ? Checksum.fromEtag(etag) : Optional.empty();
    }

    // The algorithms that the JDK computes fastest come first.
    private static Optional<Checksum> checksum(HeadObjectResponse head) {
        if (head.checksumType() == ChecksumType.COMPOSITE) {
            return Optional.empty();
        }
        return Stream.of(
                        whole(ChecksumAlgorithm.CRC32, head.checksumCRC32()),
                        whole(ChecksumAlgorithm.CRC32C, head.checksumCRC32C()),
                        whole(ChecksumAlgorithm.CRC64NVME, head.checksumCRC64NVME()),
                        whole(ChecksumAlgorithm.SHA256, head.checksumSHA256()),
                        whole(ChecksumAlgorithm.SHA1, head.checksumSHA1()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    // "value-N" is a checksum of the checksums of the parts; not every store declares that by the checksum type.
    private static Optional<Checksum> whole(ChecksumAlgorithm algorithm, @Nullable String base64) {
        return Optional.ofNullable(base64)
                .filter(value -> !value.contains("-"))
                .map(value -> new Checksum(algorithm, value));
    }
}
