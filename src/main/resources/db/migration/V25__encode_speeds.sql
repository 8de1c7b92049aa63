-- How fast hosts encode, so that a new process knows it before its first encode.

CREATE TABLE encode_speed (
    host        text NOT NULL,
    cpu         text NOT NULL,
    cores       integer NOT NULL,
    preset      text NOT NULL,
    codec       text NOT NULL,
    size_class  integer NOT NULL,
    frame_rate  integer NOT NULL,
    speed       float8 NOT NULL CHECK (speed > 0 AND speed < 'Infinity'),
    measured_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (host, preset, codec, size_class, frame_rate)
);
COMMENT ON TABLE encode_speed IS 'measured speed of encodes, by host and class of videos; a row is deleted 30 days after its last measurement';
COMMENT ON COLUMN encode_speed.cpu IS 'model of the processor; a new host starts with the speeds of hosts with the same model and number of cores';
COMMENT ON COLUMN encode_speed.codec IS 'of the source; generated: measured before the first encode, with a generated video';
COMMENT ON COLUMN encode_speed.size_class IS 'bits of the number of pixels of a source frame';
COMMENT ON COLUMN encode_speed.frame_rate IS 'of the source: up to 30, 60 or 120 frames per second';
COMMENT ON COLUMN encode_speed.speed IS 'pixels of all renditions per second and thread; moving average';

CREATE INDEX encode_speed_cpu ON encode_speed (cpu, cores);
