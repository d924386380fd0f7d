#pragma once
#include "base/secrets/secret.h"
#include "sys/database/session.h"
#include "sys/environment.h"

// Connects to PostgreSQL by libpq (13 to 18).
namespace fairlead::sys {

// The server and database to connect to: a URL ("postgresql://user:password@host:5432/name?sslmode=require") or the
// environment's PGHOST, PGSERVICE, …. One of them must be given, because libpq's default user, host and database are
// switched off.
struct Target {
    std::string url;         // empty: taken from PG… variables
    std::string database;    // replaces the URL's database; empty: the URL's database
    std::string application; // application_name: "fairlead-migrate host=… run=…"
    Milliseconds timeout{10000};
    bool writable = true; // false: each statement runs in a read-only transaction, unless a transaction is open
    // Only the URL counts: PGPORT, PGOPTIONS, PGSERVICE and similar variables are meant for another server.
    bool ignores_variables = false;
};

// Opens a connection. Keepalives: idle 30 s, interval 10 s, count 3, tcp_user_timeout 60 s. Error (usage): no target is
// given, or the URL can't be read. Error (could_not): no server answers, the server refuses us, or this run may not
// connect (sys/permit.h). No message contains a password.
Result<std::unique_ptr<Session>> open_postgres(const Target& target);

// Returns the hash for CREATE ROLE … PASSWORD (SCRAM-SHA-256), so that the server's log never shows the password.
// Error: could_not.
Result<std::string> password_verifier(Session& session, const std::string& user, const Secret& password);

// Returns the target as variables (PGHOST=…, PGPASSWORD=…) for a program of PostgreSQL. Error (usage): as
// open_postgres().
Result<std::vector<std::string>> libpq_variables(const Target& target, const Environment& environment);

std::string without_password(const std::string& url); // for messages: "postgresql://user@host:5432/name"

// The server and user that open_postgres() would use; who_is_asked() determines them without connecting. Error (usage):
// as open_postgres().
struct Asked {
    std::string host, port, user, database; // `host` of a socket is its folder
    std::string shown() const;              // "postgresql://user@host:5432/name"
};
Result<Asked> who_is_asked(const Target& target, const Environment& environment);

}
