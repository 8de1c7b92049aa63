package dev.sluice.objectstore.s3;

import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import io.vertx.core.Future;
import java.util.List;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists the objects and incomplete multipart uploads below a prefix. */
final class S3Listing {
    private final S3RequestExecutor requests;

    S3Listing(S3RequestExecutor requests) {
        this.requests = requests;
    }

    Future<List<ObjectKey>> keys(String prefix, String after) {
        return requests.send(
                        "list of objects",
                        client -> client.listObjectsV2(request -> request.bucket(requests.bucket())
                                .prefix(prefix)
                                .startAfter(after.isEmpty() ? null : after)
                                .maxKeys(ObjectStore.PAGE_SIZE)))
                .map(ListObjectsV2Response::contents)
                .map(found ->
                        found.stream().map(S3Object::key).map(ObjectKey::new).toList());
    }

    Future<List<MultipartUploadId>> uploads(String prefix) {
        return requests.send(
                        "list of multipart uploads",
                        client -> client.listMultipartUploads(request ->
                                request.bucket(requests.bucket()).prefix(prefix).maxUploads(ObjectStore.PAGE_SIZE)))
                .map(found -> found.uploads().stream()
                        .map(upload -> new MultipartUploadId(new ObjectKey(upload.key()), upload.uploadId()))
                        .toList());
    }
}
