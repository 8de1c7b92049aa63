package dev.sluice.persistence.recovery;

import dev.sluice.common.text.TextSanitizer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Remembers the rows of the user's table that this process could not turn into a job. Each is logged once and then
 * skipped until it is changed.
 */
final class UnreadableRows {
    /** Further rows are not remembered: they delay valid rows and are logged in each poll until an operator acts. */
    private static final int MAX_ROWS = 10_000;

    private final Logger log;
    private final Set<Long> fingerprints = ConcurrentHashMap.newKeySet();

    UnreadableRows(Logger log) {
        this.log = log;
    }

    /** Returns the fingerprints of these rows, so that queries can exclude them. */
    Long[] fingerprints() {
        return fingerprints.toArray(Long[]::new);
    }

    int count() {
        return fingerprints.size();
    }

    /** Logs the rule that a row violates, and excludes the row from now on. */
    void add(long fingerprint, String id, String rule) {
        log.atWarn()
                .addKeyValue("jobId", TextSanitizer.singleLine(id))
                .addKeyValue("error", TextSanitizer.singleLine(rule))
                .log("pending row invalid; skipped");
        if (fingerprints.size() < MAX_ROWS) {
            fingerprints.add(fingerprint);
        }
    }
}
