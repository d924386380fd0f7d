CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL);
INSERT INTO notes (text) VALUES ('moor the boat');
