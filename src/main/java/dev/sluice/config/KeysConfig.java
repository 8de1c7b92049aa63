package dev.sluice.config;

/**
 * Where results go in the bucket.
 *
 * @param video template with {@code {mediaId}} and {@code {quality}}
 * @param thumbnail template with {@code {mediaId}} and {@code {n}}
 */
public record KeysConfig(String video, String thumbnail) {}
