CREATE TABLE IF NOT EXISTS messages (
    id bigserial PRIMARY KEY,
    text text NOT NULL,
    words integer, -- counted by the worker; null until then
    created timestamptz NOT NULL DEFAULT now()
);
