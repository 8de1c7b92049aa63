package dev.sluice.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.Checksum;
import dev.sluice.objectstore.ChecksumAlgorithm;
import dev.sluice.objectstore.ObjectMetadata;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

final class S3ResponsesTest {
    private static final String MD5 = "\"25f9e794323b453885f5181f1b624d0b\"";
    private static final String CRC = "y/Q5Jg==";

    @Test
    void prefersChecksumOfWholeObject() {
        HeadObjectResponse head = HeadObjectResponse.builder()
                .eTag(MD5)
                .contentLength(9L)
                .checksumCRC32(CRC)
                .checksumType(ChecksumType.FULL_OBJECT)
                .build();

        ObjectMetadata metadata = S3Responses.metadata(head);

        assertThat(metadata.checksum()).contains(new Checksum(ChecksumAlgorithm.CRC32, CRC));
        assertThat(metadata.etag()).isEqualTo("25f9e794323b453885f5181f1b624d0b");
    }

    @Test
    void ignoresChecksumOfParts() {
        HeadObjectResponse typed = HeadObjectResponse.builder()
                .eTag("\"x-2\"")
                .checksumCRC32(CRC)
                .checksumType(ChecksumType.COMPOSITE)
                .build();
        HeadObjectResponse untyped = HeadObjectResponse.builder()
                .eTag("\"x-2\"")
                .checksumCRC32(CRC + "-2")
                .build();

        assertThat(S3Responses.metadata(typed).checksum()).isEmpty();
        assertThat(S3Responses.metadata(untyped).checksum()).isEmpty();
    }

    @Test
    void ignoresEtagOfEncryptedObject() {
        HeadObjectResponse byKms = HeadObjectResponse.builder()
                .eTag(MD5)
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .build();
        HeadObjectResponse byCustomer = HeadObjectResponse.builder()
                .eTag(MD5)
                .sseCustomerAlgorithm("AES256")
                .build();
        HeadObjectResponse byStore = HeadObjectResponse.builder()
                .eTag(MD5)
                .serverSideEncryption(ServerSideEncryption.AES256)
                .build();

        assertThat(S3Responses.metadata(byKms).checksum()).isEmpty();
        assertThat(S3Responses.metadata(byCustomer).checksum()).isEmpty();
        assertThat(S3Responses.metadata(byStore).checksum()).isPresent();
    }

    @Test
    void readsTotalSizeFromRangeResponse() {
        GetObjectResponse part = GetObjectResponse.builder()
                .contentRange("bytes 10-19/1000")
                .contentLength(10L)
                .build();
        GetObjectResponse whole =
                GetObjectResponse.builder().contentLength(1000L).build();

        assertThat(S3Responses.contentRange(part)).isEqualTo(new ByteRange.ContentRange(new ByteRange(10, 20), 1000));
        assertThat(S3Responses.contentRange(whole)).isEqualTo(new ByteRange.ContentRange(new ByteRange(0, 1000), 1000));
    }
}
