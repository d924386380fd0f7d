#pragma once
#include "config/config.h"
#include "report/level.h"
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// A rule is one row: of rows/GROUP.yml where data says it all, else of rules/GROUP.cpp with a function. What it finds
// is a Hit; whether that decides is the judge's.
namespace fairlead::preflight {

struct Project; // project.h
struct EnvFile;
struct EnvValues;
struct Dockerfile;
struct Compose;
struct Nginx;
struct Kube;
struct Workflow;
struct Unit;
struct Site;
struct RuleRow; // rows/row.h
struct RuleRows;

using config::Profile;

using report::Level;

// What a hit counts for by itself, in each profile.
struct Levels {
    Level development, staging, production;
    constexpr Level of(Profile profile) const {
        return profile == Profile::development ? development : profile == Profile::staging ? staging : production;
    }
};
constexpr Levels always(Level level) { return {level, level, level}; }
constexpr Levels deployed(Level level) { return {Level::off, level, level}; } // "prod": staging and production
constexpr Levels by_request = {Level::off, Level::off, Level::off};           // --only or preflight.rules.ID says so

// Bytes [begin, end) of a file become `text`; a file that isn't there is made of it. Of equal ones one is made, of
// those that overlap the first one.
struct Edit {
    std::string file;
    std::size_t begin = 0, end = 0;
    std::string text;
    std::optional<unsigned> mode = {}; // the file's permissions become these
};

struct Hit {
    std::string file; // from the project's root, with '/'; empty: the project itself
    int line = 0, column = 0;
    std::string message; // thing; fact; way out: at most 160 characters, no value of a secret
    std::optional<Level>
        level; // where it is another one than the row's; one that is off or raised by fairlead.yml stays so
    std::vector<Edit> edits; // what --fix does about it; only where the row says Fix::safe
    // Findings of equal causes are told in one line, whatever their rules and files. Its first line is a kind, which
    // alone counts where none of them is an error. It is never told itself.
    std::string cause = {};
};

class Hits {
  public:
    // A rule's first 300 of a subject count: nobody reads more, and a hostile file would give millions.
    Hit& add(std::string file, int line, int column, std::string message) {
        if (full()) return spare_ = {};
        return all_.emplace_back(Hit{std::move(file), line, column, std::move(message), {}, {}});
    }
    bool full() const { return all_.size() == 300; }
    std::vector<Hit> take() { return std::move(all_); }

  private:
    std::vector<Hit> all_;
    Hit spare_;
};

// What it looks at: each subject of that type by itself, or all of the project (cross-file rules).
template <typename Subject>
using CheckOf = void (*)(const Subject& subject, const Project& project, Hits& hits);
using CheckProject = void (*)(const Project& project, Hits& hits);
using Check =
    std::variant<CheckProject, const RuleRow*, CheckOf<EnvFile>, CheckOf<EnvValues>, CheckOf<Dockerfile>,
                 CheckOf<Compose>, CheckOf<Nginx>, CheckOf<Kube>, CheckOf<Workflow>, CheckOf<Unit>, CheckOf<Site>>;

enum class Fix { none, safe };

struct Rule {
    std::string_view id;    // "docker-user-root": once published never given to another
    std::string_view title; // "The container runs as root"
    Levels levels;
    Check check;
    std::string_view why;                     // one or two sentences for docs and `explain`
    std::string_view way_out;                 // what to write instead; a line, or some of code
    std::vector<std::string_view> peers = {}; // ids by which others' pragmas silence it: "DL3002", "CKV_DOCKER_3"
    std::vector<std::string_view> refs = {};  // demands and standards: "S1-96", "CIS 4.1"
    Fix fix = Fix::none;
};

std::string_view group_of(std::string_view id); // "docker"

std::span<const Rule> all_rules(); // of every group, in the order of the catalogue
const Rule* find_rule(std::string_view id);
// The same with a team's own, which come last; null: it has none.
std::vector<const Rule*> rules_with(const RuleRows* own);
const Rule* find_rule(std::string_view id, const RuleRows* own);

}
