#pragma once
#include "base/secret.h"
#include "sys/database/session.h"
#include "sys/environment.h"

// PostgreSQL by libpq (13 to 18).
namespace fairlead::sys {

// Who is asked, never who asks by chance: libpq's defaults of user, host and database are switched off. Either a URL
// ("postgresql://user:password@host:5432/name?sslmode=require") or PGHOST, PGSERVICE, … of the environment.
struct Target {
    std::string url;         // empty: by PG… variables
    std::string database;    // another one than the URL's, on the same server; empty: the URL's
    std::string application; // application_name: "fairlead-migrate host=… run=…"
    Milliseconds timeout{10000};
    bool writable = true; // false: each statement runs in a read-only transaction, unless it stands in one already
    // The URL alone counts: PGPORT, PGOPTIONS, PGSERVICE and their like are about another server.
    bool ignores_variables = false;
};

// Keepalives: idle 30 s, interval 10 s, count 3, tcp_user_timeout 60 s. Error (usage): no target at all, a URL that
// can't be read; (could_not): nobody answers, or refuses us, or this run may not (sys/permit.h). No message holds a
// password.
Result<std::unique_ptr<Session>> open_postgres(const Target& target);

// What CREATE ROLE … PASSWORD takes so that no log of the server shows the password itself (SCRAM-SHA-256). Error:
// could_not.
Result<std::string> password_verifier(Session& session, const std::string& user, const Secret& password);

// The same as variables (PGHOST=…, PGPASSWORD=…) for a program of PostgreSQL's. Error (usage): as open_postgres().
Result<std::vector<std::string>> libpq_variables(const Target& target, const Environment& environment);

std::string without_password(const std::string& url); // for messages: "postgresql://user@host:5432/name"

// Who would be asked, nobody is. Error (usage): as open_postgres().
struct Asked {
    std::string host, port, user, database; // of a socket its folder is the host
    std::string shown() const;              // "postgresql://user@host:5432/name"
};
Result<Asked> who_is_asked(const Target& target, const Environment& environment);

}
