package dev.sluice.standalone.embedded;

import dev.sluice.common.io.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.AbstractNio2BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Objects as files that only the owner of the directory can access. S3Proxy serves an object, or the list of a bucket, to requests
 * without a signature if its file or directory is readable by all users; this store states that all are private.
 */
final class PrivateBlobStore extends ForwardingBlobStore {
    private final Path root;

    private PrivateBlobStore(Path root) {
        super(new FilesystemNio2BlobStore(root.toString()));
        this.root = root;
    }

    /** Creates the bucket if it is missing, and makes the objects of an earlier version private; blocks. The file system must have POSIX permissions. */
    static PrivateBlobStore open(Path root, String bucket) throws IOException {
        Path directory = root.toAbsolutePath().normalize();
        PrivateFiles.ownDirectory(directory);
        Path bucketDirectory = directory.resolve(bucket);
        PrivateFiles.createDirectories(bucketDirectory);
        if (!Files.getPosixFilePermissions(bucketDirectory).equals(Files.getPosixFilePermissions(directory))) {
            restrictAll(bucketDirectory);
        }
        return new PrivateBlobStore(directory);
    }

    private static void restrictAll(Path bucket) throws IOException {
        List<Path> entries;
        try (Stream<Path> found = Files.walk(bucket)) {
            entries = found.filter(path -> !Files.isSymbolicLink(path)).toList();
        }
        // The bucket is the last one, because its permissions show that the others are done.
        for (int number = entries.size() - 1; number >= 0; number--) {
            PrivateFiles.restrict(entries.get(number));
        }
    }

    @Override
    public BucketCannedACL getContainerAccess(String bucket) {
        return BucketCannedACL.PRIVATE;
    }

    @Override
    public ObjectCannedACL getBlobAccess(String bucket, String key) {
        return ObjectCannedACL.PRIVATE;
    }

    @Override
    public ObjectCannedACL getBlobAccess(String bucket, String key, String version) {
        return ObjectCannedACL.PRIVATE;
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
        PutObjectResponse response = super.putBlob(request, content);
        restrict(request.bucket(), request.key());
        return response;
    }

    /** Links the file of the object if that is possible; otherwise copies its bytes. */
    @Override
    public CopyObjectResponse copyBlob(CopyObjectRequest request) {
        CopyObjectResponse response =
                isPlainCopy(request) && link(request) ? describe(request) : super.copyBlob(request);
        restrict(request.destinationBucket(), request.destinationKey());
        return response;
    }

    /** Whether an object is copied within its bucket, with its metadata, without conditions, versions and encryption. */
    private static boolean isPlainCopy(CopyObjectRequest request) {
        CopyObjectRequest plain = CopyObjectRequest.builder()
                .sourceBucket(request.sourceBucket())
                .sourceKey(request.sourceKey())
                .destinationBucket(request.sourceBucket())
                .destinationKey(request.destinationKey())
                .acl(request.acl())
                .metadataDirective(request.metadataDirective())
                // Not used in a copy that keeps the metadata.
                .contentType(request.contentType())
                .metadata(request.metadata())
                .build();
        return request.metadataDirective() != MetadataDirective.REPLACE && plain.equals(request);
    }

    /**
     * Links the file of an object, with its attributes, to another key. Both keys can share the file, because the store replaces
     * files and never changes them.
     *
     * @return false if a key has no file of its own, the new key exists, or the file system has no links
     */
    private boolean link(CopyObjectRequest request) {
        Path bucket = root.resolve(request.sourceBucket());
        Path source = bucket.resolve(request.sourceKey()).normalize();
        Path target = bucket.resolve(request.destinationKey()).normalize();
        if (!source.startsWith(bucket)
                || !target.startsWith(bucket)
                || request.destinationKey().endsWith("/")
                || !Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            PrivateFiles.createParents(target);
            Files.createLink(target, source);
            return true;
        } catch (UnsupportedOperationException | IOException unsupported) {
            return false;
        }
    }

    private CopyObjectResponse describe(CopyObjectRequest request) {
        HeadObjectResponse copy = blobMetadata(HeadObjectRequest.builder()
                .bucket(request.destinationBucket())
                .key(request.destinationKey())
                .build());
        return CopyObjectResponse.builder()
                .copyObjectResult(result -> result.eTag(copy.eTag()).lastModified(copy.lastModified()))
                .build();
    }

    @Override
    public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
        MultipartUpload upload = super.initiateMultipartUpload(request);
        restrict(upload.containerName(), ".mpus-" + upload.id() + "-" + upload.blobName() + "-stub");
        return upload;
    }

    @Override
    public UploadPartResponse uploadMultipartPart(
            MultipartUpload upload, UploadPartRequest request, InputStream content) {
        UploadPartResponse response = super.uploadMultipartPart(upload, request, content);
        restrict(
                upload.containerName(),
                AbstractNio2BlobStore.multipartPartName(upload.id(), upload.blobName(), request.partNumber()));
        return response;
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
            MultipartUpload upload, CompleteMultipartUploadRequest request) {
        CompleteMultipartUploadResponse response = super.completeMultipartUpload(upload, request);
        restrict(upload.containerName(), upload.blobName());
        return response;
    }

    /** Restricts the file of an object and the directories that were created for it. */
    private void restrict(String bucket, String key) {
        Path directory = root.resolve(bucket);
        @Nullable Path path = directory.resolve(key).normalize();
        try {
            while (path != null && path.startsWith(directory) && !path.equals(directory)) {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    PrivateFiles.restrict(path);
                }
                path = path.getParent();
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("The permissions of " + path + " cannot be set.", cause);
        }
    }
}
