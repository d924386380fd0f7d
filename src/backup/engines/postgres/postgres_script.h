#pragma once
#include "sys/stream/stream.h"
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Checks the SQL of a set before anything runs it. Anybody who may write to a store can choose what psql and the server
// read.
namespace fairlead::backup::postgres {

enum class Signed { no, yes }; // by a key of backup.sign.trust

bool is_word_byte(char c); // a byte of an unquoted name or of a number

// Passes SQL on to `into` and checks it on the way. Leaves out pg_dump's lines \restrict and \unrestrict. Error (no):
// any other backslash command. In an unsigned set, a statement that pg_dump doesn't write is an error, too: COPY ...
// PROGRAM, DO, ALTER SYSTEM, a call with anything except constants. This protection is not complete: a function in a
// dump can do everything that its role may do.
class Script : public sys::Sink {
  public:
    Script(std::string file, Signed is_signed, sys::Sink& into)
        : file_(std::move(file)), signed_(is_signed), into_(into) {}
    Result<void> write(std::string_view bytes) override;
    Result<void> close() override; // doesn't close `into`

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
    std::string unlike_pg_dump() const; // a description of the statement; empty: pg_dump writes such statements
    bool begins_data() const;
    Error refused(const std::string& what) const;

    const std::string file_;
    const Signed signed_;
    sys::Sink& into_;
    std::string out_;

    // reopens_: the state after a quote that directly follows a closing quote
    State state_ = State::top, reopens_ = State::top;
    char before_ = '\n'; // the previous byte
    std::string word_, closing_, line_, key_;
    std::vector<std::string> tokens_; // the first tokens of a statement, outside parentheses, in capitals
    std::size_t matched_ = 0, in_comments_ = 0, in_parentheses_ = 0, in_body_ = 0, froms_ = 0;
    bool has_program_ = false, skips_ = false;
    bool is_constant_ = true; // everything in parentheses is constant, and they are not nested
    bool is_apart_ = false;   // the previous byte can't form a pair with the next byte
    std::uint64_t row_ = 1;
};

// A sink that discards its input.
class NoSink : public sys::Sink {
  public:
    Result<void> write(std::string_view) override { return {}; }
    Result<void> close() override { return {}; }
};

// Whether this psql has \restrict, after which it refuses backslash commands. The first versions with it are 13.22,
// 14.19, 15.14, 16.10, 17.6 and 18.
bool knows_restrict(std::string_view version);
std::string restrict_line();

// The statements about roles in the output of `pg_dumpall --globals-only`, each parsed and written again.
struct RolesOfSet {
    std::vector<std::string> made;       // "boss (superuser)"
    std::vector<std::string> statements; // CREATE ROLE, ALTER ROLE, COMMENT ON ROLE, GRANT
    // rights that only a signed set may give ("SUPERUSER of boss"), and statements that are not about roles
    std::vector<std::string> dropped;
};
struct RolesThere {
    std::set<std::string> names;         // existing roles, which are not changed
    std::set<std::string> free_settings; // settings that any role may change; only needed for unsigned sets
};
// Leaves out passwords. For an unsigned set, also leaves out SUPERUSER, REPLICATION, BYPASSRLS and CREATEROLE,
// membership in existing roles, and settings that only a superuser may change.
RolesOfSet missing_roles(std::string_view globals, const RolesThere& there, Signed is_signed);

}
