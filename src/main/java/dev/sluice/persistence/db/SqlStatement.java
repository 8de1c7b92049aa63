package dev.sluice.persistence.db;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** SQL and the values of its parameters. */
public record SqlStatement(String sql, List<@Nullable Object> parameters) {}
