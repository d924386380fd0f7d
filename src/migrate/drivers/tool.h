#pragma once
#include "migrate/drivers/driver.h"
#include "sys/environment.h"
#include "sys/host.h"

// Another tool's program: where it is, what it is told by its environment, and what it said.
namespace fairlead::migrate::drivers {

struct Ways {                               // migrate.* of fairlead.yml
    sys::Path folder;                       // where the tool runs
    std::vector<std::string> words;         // migrate.command: what starts it, "uv run alembic"; empty: as it is found
    std::string via;                        // "compose:web": in a container of that service; empty: here
    std::string dir_word = {};              // Driver::dir_word
    std::vector<std::string> declared = {}; // secrets among our variables that the tool gets: env.secrets
};

// Here: in the folder's virtual environment (VIRTUAL_ENV, .venv, venv), else in PATH. In a container: its bare name.
std::vector<std::string> starting_words(const Driver& driver, const Ways& ways, const sys::Environment& environment);

// NAME=value that the tool has to be given beside what it inherits: the URL by the name that it expects, with the
// scheme that a value of that name has by now ("postgresql+asyncpg"). Error (usage): the tool can't reach such a
// database.
Result<std::vector<std::string>> told_by_environment(const Driver& driver, const server::Address& address,
                                                     const sys::Environment& environment);

std::string named(const Driver& driver, const Words& words); // for people: "alembic upgrade head"

struct Said {
    int status = 0;
    std::string out, err; // masked
};

class Tool {
  public:
    // Error (usage): as above; `via` is none that is known.
    static Result<Tool> open(sys::Host& host, const Driver& driver, const Ways& ways, const server::Address& address,
                             const sys::Environment& environment);

    Result<Said> ask(const Words& words) const; // quiet
    // Passed on to our standard error as it is said; `err` has all of it. It is killed when we are: the lock that we
    // hold for it would be free.
    Result<Said> act(const Words& words) const;

  private:
    explicit Tool(sys::Host& host) : host_(&host) {}
    Result<std::vector<std::string>> argv(const Words& words) const;
    Result<bool> is_service_up() const;

    void tell_kept_back(const sys::Output& output) const;

    sys::Host* host_;
    sys::Path folder_;
    std::vector<std::string> start_, environment_;
    std::string_view title_;             // the tool's
    std::vector<std::string> kept_back_; // names of variables that it doesn't get
    std::string service_;
};

}
