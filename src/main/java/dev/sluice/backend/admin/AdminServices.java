package dev.sluice.backend.admin;

/** Services for administrators. */
public record AdminServices(DeadLetterService deadLetters, FleetService fleet, BacklogHistory backlog) {}
