package dev.sluice.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** SQL and the values of its parameters. */
record Statement(String sql, List<@Nullable Object> parameters) {}
