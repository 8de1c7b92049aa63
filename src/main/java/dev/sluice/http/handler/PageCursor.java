package dev.sluice.http.handler;

import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobQuery;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;

/** Converts the position of a page of jobs to and from an opaque text. */
final class PageCursor {
    private PageCursor() {}

    static String format(JobQuery.Cursor position) {
        String text = position.created() + " " + position.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static JobQuery.Cursor parse(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            OffsetDateTime created = OffsetDateTime.parse(text.substring(0, Math.max(0, space)));
            if (Math.abs(created.getYear()) > 9999) {
                throw invalid(cursor);
            }
            return new JobQuery.Cursor(created, new JobId(text.substring(space + 1)).value());
        } catch (DateTimeException | IllegalArgumentException invalid) {
            throw invalid(cursor);
        }
    }

    private static InvalidRequestException invalid(String cursor) {
        return InvalidRequestException.of("Query parameter 'cursor'", cursor, "the next_cursor of a page");
    }
}
