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
 * The database.
 *
 * @param uri {@code postgresql://host:port/database}, without credentials; {@code ?sslmode=…} may follow
 * @param sslMode what of TLS is asked for
 * @param caFile the authorities of the server's certificate; empty: those of this JVM
 * @param poolSize connections for each process
 * @param jobTable the user's job table, with or without a schema in front ({@code public.VideoProcessingJob})
 * @param mediaTable the user's media table; need not exist
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
            section.addError("uri", "names no database: postgresql://host:port/database is needed");
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
            section.addError("caFile", "is used with ?sslmode=verify-full, verify-ca or require in the uri only");
        }
        // As libpq does: whoever names an authority wants it asked.
        return caFile && mode == SslMode.REQUIRE ? SslMode.VERIFY_CA : mode;
    }
}
