package dev.sluice.config;

import java.net.URI;
import java.util.List;

/**
 * The database.
 *
 * @param uri {@code postgresql://host:port/database}, without credentials
 * @param poolSize connections for each process
 * @param jobTable the user's job table, with or without a schema in front ({@code public.VideoProcessingJob})
 * @param mediaTable the user's media table; need not exist
 */
public record PostgresConfig(
        String uri, String user, Secret password, int poolSize, String jobTable, String mediaTable) {

    static PostgresConfig read(Section section) {
        ServiceUri uri =
                ServiceUri.read(section, "postgresql://localhost:5432/sluice", List.of("postgresql", "postgres"));
        if (URI.create(uri.withoutCredentials()).getPath().length() < 2) {
            section.complain("uri", "names no database: postgresql://host:port/database is needed");
        }
        return new PostgresConfig(
                uri.withoutCredentials(),
                uri.user(section, "sluice"),
                uri.password(section, ""),
                section.integer("poolSize", 8, 2, 200),
                section.text("jobTable", "VideoProcessingJob"),
                section.text("mediaTable", "media"));
    }
}
