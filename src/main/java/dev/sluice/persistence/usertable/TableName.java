package dev.sluice.persistence.usertable;

import java.util.Optional;

/** A configured table name with an optional schema; case-sensitive, as the tables of an ORM are. */
record TableName(Optional<String> schema, String table) {
    static TableName parse(String configured) {
        int dot = configured.indexOf('.');
        return dot < 0
                ? new TableName(Optional.empty(), bare(configured))
                : new TableName(Optional.of(bare(configured.substring(0, dot))), bare(configured.substring(dot + 1)));
    }

    /** Returns the name quoted for SQL; any characters are allowed. */
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
