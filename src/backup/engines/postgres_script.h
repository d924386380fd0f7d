#pragma once
#include "sys/stream/stream.h"
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// SQL that stands in a set, before anything runs it. Who can write to a store writes what psql and the server read.
namespace fairlead::backup::postgres {

enum class Signed { no, yes }; // by a key of backup.sign.trust

bool is_word_byte(char c); // of a name without quotes, or of a number

// Passes SQL on to `into` and looks at it while it flows. The lines \restrict and \unrestrict of pg_dump are left out,
// every other backslash command is an error; so is, in a set that nobody signed, a statement that pg_dump doesn't write
// (COPY ... PROGRAM, DO, ALTER SYSTEM, a call with anything but constants). Error: no. It is no wall: a function of a
// dump does what its role may do.
class Script : public sys::Sink {
  public:
    Script(std::string file, Signed is_signed, sys::Sink& into)
        : file_(std::move(file)), signed_(is_signed), into_(into) {}
    Result<void> write(std::string_view bytes) override;
    Result<void> close() override; // what is behind it stays open

  private:
    enum class State { top, line_comment, block_comment, text, escaped, name, tag, dollar, command, before_data, data };

    Result<void> step(char c);
    Result<void> top(char c);
    void quoted(char c, State how);
    void comment(char c);
    void tag(char c);
    Result<void> command();
    Result<std::size_t> data(std::string_view bytes);
    void end_word();
    void add(std::string token);
    void follow_body(const std::string& word);
    Result<void> end_statement();
    std::string unlike_pg_dump() const; // what the statement is; empty: pg_dump writes such
    bool begins_data() const;
    Error refused(const std::string& what) const;

    const std::string file_;
    const Signed signed_;
    sys::Sink& into_;
    std::string out_;

    State state_ = State::top, reopens_ = State::top; // reopens: a quote right behind the one that closed
    char before_ = '\n';                              // the byte before
    std::string word_, closing_, line_, key_;
    std::vector<std::string> tokens_; // the first ones of a statement, outside parentheses, in capitals
    std::size_t matched_ = 0, in_comments_ = 0, in_parentheses_ = 0, in_body_ = 0, froms_ = 0;
    bool has_program_ = false, skips_ = false;
    bool is_constant_ = true; // all that stands in parentheses, which are not nested
    bool is_apart_ = false;   // the byte makes no pair with the next one
    std::uint64_t row_ = 1;
};

// A sink that only lets pass.
class NoSink : public sys::Sink {
  public:
    Result<void> write(std::string_view) override { return {}; }
    Result<void> close() override { return {}; }
};

// psql obeys no backslash command behind it, whatever it reads; since 13.22, 14.19, 15.14, 16.10, 17.6 and 18.
bool knows_restrict(std::string_view version);
std::string restrict_line();

// What `pg_dumpall --globals-only` says of roles, and nothing else of it: statement by statement, each written again.
struct RolesOfSet {
    std::vector<std::string> made;       // "boss (superuser)"
    std::vector<std::string> statements; // CREATE ROLE, ALTER ROLE, COMMENT ON ROLE, GRANT
    std::vector<std::string> dropped;    // "SUPERUSER of boss": what only a signed set gives; what is not of roles
};
struct RolesThere {
    std::set<std::string> names;         // roles that are left as they are
    std::set<std::string> free_settings; // what any role may set; asked of unsigned sets only
};
// Without passwords. Of a set that nobody signed: without SUPERUSER, REPLICATION, BYPASSRLS and CREATEROLE, without
// membership in roles that are there already, and without settings that only a superuser may change.
RolesOfSet missing_roles(std::string_view globals, const RolesThere& there, Signed is_signed);

}
