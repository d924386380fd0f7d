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

// A rule is one row: in rows/GROUP.yml if data is enough, else in rules/GROUP.cpp with a function. Its findings are
// Hits; judge.cpp decides whether they count.
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

// The level of a hit in each profile, before other settings.
struct Levels {
    Level development, staging, production;
    constexpr Level of(Profile profile) const {
        return profile == Profile::development ? development : profile == Profile::staging ? staging : production;
    }
};
constexpr Levels always(Level level) { return {level, level, level}; }
constexpr Levels deployed(Level level) { return {Level::off, level, level}; } // "prod": only in staging and production
constexpr Levels by_request = {Level::off, Level::off, Level::off};           // enabled by --only or preflight.rules.ID

// Replaces bytes [begin, end) of a file by `text`; an absent file is made with `text`. Equal edits are made once; of
// overlapping edits, the first is made.
struct Edit {
    std::string file;
    std::size_t begin = 0, end = 0;
    std::string text;
    std::optional<unsigned> mode = {}; // the file's new permissions
};

struct Hit {
    std::string file; // from the project's root, with '/'; empty: the project itself
    int line = 0, column = 0;
    std::string message;        // "thing; fact; way out": at most 160 characters, without secret values
    std::optional<Level> level; // replaces the row's level, unless fairlead.yml sets a level
    std::vector<Edit> edits;    // for --fix; only if the row has Fix::safe
    // Findings with equal causes are reported in one line, also for different rules and files. The first line of a
    // cause is its kind. If none of the findings is an error, only the kind is compared. Causes are never printed.
    std::string cause = {};
    bool sure = false; // keeps its level even in a file that may not be deployed
};

class Hits {
  public:
    // Adds a hit. Only a rule's first 300 hits in a subject are kept, because a hostile file could cause millions.
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

// A rule examines each subject of this type separately, or the whole project (cross-file rules).
template <typename Subject>
using CheckOf = void (*)(const Subject& subject, const Project& project, Hits& hits);
using CheckProject = void (*)(const Project& project, Hits& hits);
using Check =
    std::variant<CheckProject, const RuleRow*, CheckOf<EnvFile>, CheckOf<EnvValues>, CheckOf<Dockerfile>,
                 CheckOf<Compose>, CheckOf<Nginx>, CheckOf<Kube>, CheckOf<Workflow>, CheckOf<Unit>, CheckOf<Site>>;

enum class Fix { none, safe };

struct Rule {
    std::string_view id;    // "docker-user-root": an id is never reused for another rule
    std::string_view title; // "The container runs as root"
    Levels levels;
    Check check;
    std::string_view why;     // one or two sentences for docs and `explain`
    std::string_view way_out; // what to write instead: one line, or a few of code
    // ids in other tools' comments that also silence it: "DL3002", "CKV_DOCKER_3"
    std::vector<std::string_view> peers = {};
    std::vector<std::string_view> refs = {}; // requirements and standards: "S1-96", "CIS 4.1"
    Fix fix = Fix::none;
};

std::string_view group_of(std::string_view id); // "docker"

std::span<const Rule> all_rules(); // rules of all groups, in the catalogue's order
const Rule* find_rule(std::string_view id);
// Returns all_rules(), then the team's own rules; null: the team has no rules.
std::vector<const Rule*> rules_with(const RuleRows* own);
const Rule* find_rule(std::string_view id, const RuleRows* own);

}
