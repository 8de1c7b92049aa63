package dev.sluice.config;

import dev.sluice.common.tls.CaFile;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ServiceUri;
import dev.sluice.config.value.Secret;
import dev.sluice.config.value.SslMode;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The connection to the database.
 *
 * @param uri {@code postgresql://host:port/database}, without credentials; {@code ?sslmode=…} may follow
 * @param sslMode from {@code uri} and {@code caFile}
 * @param caFile authorities trusted for the server's certificate; empty: trust store of the JVM
 * @param poolSize connections per process
 * @param jobTable the user's job table, with or without a schema ({@code public.VideoProcessingJob})
 * @param mediaTable the user's media table; optional
 * @param mediaOwnerColumn the column of the media table that contains the owner
 */
public record PostgresConfig(
        String uri,
        SslMode sslMode,
        Optional<CaFile> caFile,
        String user,
        Secret password,
        int poolSize,
        String jobTable,
        String mediaTable,
        String mediaOwnerColumn) {

    static PostgresConfig read(ConfigSection section) {
        ServiceUri uri =
                ServiceUri.read(section, "postgresql://localhost:5432/sluice", List.of("postgresql", "postgres"));
        URI address = URI.create(uri.withoutCredentials());
        if (address.getPath().length() < 2) {
            section.addError("uri", "must contain the database: postgresql://host:port/database");
        }
        Optional<CaFile> caFile = section.caFile();
        return new PostgresConfig(
                uri.withoutCredentials(),
                sslMode(section, address, caFile.isPresent()),
                caFile,
                uri.user(section, "sluice"),
                uri.password(section, ""),
                section.integer("poolSize", 8, 2, 200),
                section.string("jobTable", "VideoProcessingJob"),
                section.string("mediaTable", "media"),
                section.string("mediaOwnerColumn", "userId"));
    }

    private static SslMode sslMode(ConfigSection section, URI address, boolean caFile) {
        SslMode mode = SslMode.PREFER;
        try {
            mode = SslMode.fromUri(address);
        } catch (IllegalArgumentException bad) {
            section.addError("uri", String.valueOf(bad.getMessage()));
        }
        if (caFile && section.areValid("uri") && mode.compareTo(SslMode.REQUIRE) < 0) {
            section.addError("caFile", "requires ?sslmode=require, verify-ca or verify-full in the uri");
        }
        // As in libpq: with a CA file, require means verify-ca.
        return caFile && mode == SslMode.REQUIRE ? SslMode.VERIFY_CA : mode;
    }
}
