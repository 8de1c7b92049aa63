package dev.sluice.backend.stream;

import dev.sluice.backend.upload.PresignedUrlService;

/** URLs of objects and of streams. */
public record OutputUrls(PresignedUrlService presigned, SignedStreamService streams) {}
