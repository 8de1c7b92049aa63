package dev.sluice.persistence.usertable;

import java.util.Optional;

/** The name of a table that configuration gave, with or without a schema in front; case counts, as in an ORM's tables. */
record TableName(Optional<String> schema, String table) {
    static TableName parse(String configured) {
        int dot = configured.indexOf('.');
        return dot < 0
                ? new TableName(Optional.empty(), bare(configured))
                : new TableName(Optional.of(bare(configured.substring(0, dot))), bare(configured.substring(dot + 1)));
    }

    /** The name as SQL takes it, whatever characters it has. */
    String quoted() {
        return schema.map(name -> quote(name) + ".").orElse("") + quote(table);
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static String bare(String part) {
        String name = part.strip();
        return name.length() > 2 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }
}
