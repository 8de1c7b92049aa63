-- Tickets for event streams: any process accepts a ticket of any other, once.

CREATE TABLE event_ticket (
    digest           bytea PRIMARY KEY,
    user_id          text NOT NULL,
    admin            boolean NOT NULL,
    token_expires_at timestamptz,
    expires_at       timestamptz NOT NULL
);
COMMENT ON COLUMN event_ticket.digest IS 'SHA-256 of the ticket';
COMMENT ON COLUMN event_ticket.token_expires_at IS 'when the token of the caller expires; ends the stream';

CREATE INDEX event_ticket_expires_at ON event_ticket (expires_at);
