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

    @Override
    public CopyObjectResponse copyBlob(CopyObjectRequest request) {
        CopyObjectResponse response = super.copyBlob(request);
        restrict(request.destinationBucket(), request.destinationKey());
        return response;
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
