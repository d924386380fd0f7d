-- Also run by app.py where nobody deploys: on a developer's machine and in a container.
CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
