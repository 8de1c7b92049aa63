package dev.sluice.persistence.recovery;

import dev.sluice.common.text.TextSanitizer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Rows of the user's table that no job can be made of, as this process found them: each is told of once, and passed over from
 * then on until somebody changes it.
 */
final class UnreadableRows {
    /** Of a table with more of them the rest stands in the way, and is named in each look: it wants a person. */
    private static final int MAX_ROWS = 10_000;

    private final Logger log;
    private final Set<Long> fingerprints = ConcurrentHashMap.newKeySet();

    UnreadableRows(Logger log) {
        this.log = log;
    }

    /** What the user table says of each of these rows, to leave them out. */
    Long[] fingerprints() {
        return fingerprints.toArray(Long[]::new);
    }

    int count() {
        return fingerprints.size();
    }

    /** Leaves a row out from now on, for what is wrong with it. */
    void add(long mark, String id, String rule) {
        log.atWarn()
                .addKeyValue("jobId", TextSanitizer.singleLine(id))
                .addKeyValue("error", TextSanitizer.singleLine(rule))
                .log("a pending row of the job table is no job, and is left as it is");
        if (fingerprints.size() < MAX_ROWS) {
            fingerprints.add(mark);
        }
    }
}
