package dev.sluice.http.handler;

import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobQuery;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;

/** Where a page of jobs ended, as text that nobody need understand. */
final class PageCursor {
    private PageCursor() {}

    static String of(JobQuery.Cursor place) {
        String text = place.created() + " " + place.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static JobQuery.Cursor read(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            OffsetDateTime created = OffsetDateTime.parse(text.substring(0, Math.max(0, space)));
            if (Math.abs(created.getYear()) > 9999) {
                throw new InvalidRequestException("The 'cursor' is none that was given out.");
            }
            return new JobQuery.Cursor(created, new JobId(text.substring(space + 1)).value());
        } catch (DateTimeException | IllegalArgumentException forged) {
            throw new InvalidRequestException("The 'cursor' is none that was given out.");
        }
    }
}
