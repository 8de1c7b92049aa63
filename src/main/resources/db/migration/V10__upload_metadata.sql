-- Clients of resumable uploads read back the metadata they declared.

ALTER TABLE upload ADD COLUMN metadata text;
COMMENT ON COLUMN upload.metadata IS 'the Upload-Metadata header of a resumable upload, as received';
