-- Who is told how the job of an upload ends, named when the upload was begun.

ALTER TABLE upload ADD COLUMN webhook_url text;
