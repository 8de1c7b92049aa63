-- Webhooks that users name are signed with a secret of the user.

ALTER TABLE job_webhook ADD COLUMN owner text;
COMMENT ON COLUMN job_webhook.owner IS 'the user who named the receiver, whose secret signs; null: the configured secret signs';

ALTER TABLE webhook_delivery ADD COLUMN owner text;
COMMENT ON COLUMN webhook_delivery.owner IS 'as in job_webhook; null also for configured receivers';
