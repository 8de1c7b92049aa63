package dev.sluice.config;

/**
 * The database.
 *
 * @param uri {@code postgresql://host:port/database}, without credentials
 * @param poolSize connections for each process
 * @param jobTable the user's job table, with or without a schema in front ({@code public.VideoProcessingJob})
 * @param mediaTable the user's media table; need not exist
 */
public record PostgresConfig(
        String uri, String user, Secret password, int poolSize, String jobTable, String mediaTable) {}
