package dev.sluice.persistence.upload;

/**
 * Quota of unfinished uploads.
 *
 * @param maxOpen number of uploads of a user
 * @param maxOpenBytes sum of the declared lengths of uploads of a user
 * @param maxPendingBytesOfUser sum of the {@linkplain MultipartState#pendingBytes() pending bytes} of a user
 * @param maxPendingBytes sum of the pending bytes of all users
 */
public record UploadQuota(int maxOpen, long maxOpenBytes, long maxPendingBytesOfUser, long maxPendingBytes) {}
