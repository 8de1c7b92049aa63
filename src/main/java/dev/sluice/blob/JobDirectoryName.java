package dev.sluice.blob;

import dev.sluice.job.JobId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The name of a job's directory: enough of the id to recognise it, and a hash that tells any two ids apart. */
final class JobDirectoryName {
    private static final int READABLE = 40;
    private static final int HASH_BYTES = 10;

    private JobDirectoryName() {}

    static String of(JobId job) {
        String readable = job.value().replaceAll("[^A-Za-z0-9_-]", "_");
        return readable.substring(0, Math.min(READABLE, readable.length())) + "-" + hash(job.value());
    }

    private static String hash(String id) {
        byte[] bytes = id.getBytes(StandardCharsets.UTF_16BE);
        ChecksumAlgorithm.Digest digest = ChecksumAlgorithm.SHA256.start();
        digest.update(bytes, bytes.length);
        return HexFormat.of().formatHex(digest.value(), 0, HASH_BYTES);
    }
}
