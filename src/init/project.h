#pragma once
#include "base/result.h"
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What `fairlead init` found in a repository, as values. Recognising decides nothing about what is written, and writing
// (init/write.h) looks at nothing but this. All paths are from the project's folder, with '/'.
namespace fairlead::init {

enum class Language { python, node, go, java, rust, cpp, other };
enum class Kind {
    library, // is built and tested; nothing of it is deployed
    program, // likewise; it is run by hand or by others
    service, // answers requests: `serve` says how it starts
    site,    // a front end that is built to static files below `dist`
};

// What the steps of a job need on the runner, beside the image's own.
struct Runtime {
    std::string name;         // python, node, go, java, ...: the key of the foreign action that sets it up; empty: none
    std::string version;      // "3.12", "20"; empty where version_file tells it
    std::string version_file; // .nvmrc, go.mod, .python-version, ...
};

// Commands in order, each argv without a shell, in the component's folder; the first that fails ends the step. The last
// one of `test` is the one that tests.
struct Step {
    std::string name; // install, lint, test, build
    std::vector<std::vector<std::string>> commands;
    std::vector<std::pair<std::string, std::string>> variables;
    std::string because; // what told so: "package.json: scripts.test"
};

struct Evidence {     // a file, or glob, that the test step writes and gate reads
    std::string kind; // tests, coverage, findings: the keys of gate.reports
    std::string path; // reports/junit.xml, web/reports/junit.xml: from the project's folder, as all paths are
};

struct Component {
    std::string name;   // small letters, digits and hyphens
    std::string folder; // from the project's folder; empty: the folder itself
    Language language = Language::other;
    Kind kind = Kind::library;
    std::string manager;   // pip, poetry, uv, npm, pnpm, yarn, go, maven, gradle, cargo, cmake, make; empty: none known
    std::string framework; // flask, fastapi, django, express, react, vite, spring, ...; empty: none known
    Runtime runtime;
    std::string version;               // of the language, as far as it is pinned: 3.12, 22.1.0; empty: a range, or none
    std::string settings;              // Django's: shop.settings
    std::vector<std::string> packages; // that its manifests ask for, by plain name
    bool lists_packages = false;       // Python: as dependencies of [project] in pyproject.toml
    std::optional<Step> install, lint, test, build;
    std::vector<Evidence> evidence;    // of `test` (and `lint`)
    std::string callable;              // Python: the application that the source has, shop:create_app(), served or not
    std::string modules;               // the folder that it is imported from, from this one: src; empty: this one
    std::vector<std::string> serve;    // argv; "{socket}" or "{port}" stands in it. Empty: nothing serves
    std::optional<Step> prepare;       // what a release of it needs before it serves; nothing that only tests need
    std::string health;                // the path that its source answers health on: /api/health; empty: none found
    std::string dist;                  // a site's built files: dist, build; empty otherwise
    std::string dockerfile;            // docker/Dockerfile; empty: none
    std::vector<std::string> services; // postgresql, redis: what its tests or its compose file ask for
    std::vector<std::string> secrets;  // names (never values) that .env.example and its like ask for
    std::vector<std::string> ignored;  // lines of .gitignore: what its steps leave behind
    std::vector<std::string> doubts;   // one sentence each: what was not clear, and what to do about it
};

// v1.2.3, 1.2.3, and with a component's name NAME@1.2.3, NAME-v1.2.3, NAME/v1.2.3, NAME-1.2.3; none: no tag yet
enum class TagForm { none, v, bare, component };
constexpr const char* numbered_glob = "*-[0-9]+.*"; // of NAME-1.2.3

struct Project {
    std::string name;           // for `app:`
    std::string folder;         // from the repository's root; empty: it is the root
    std::string default_branch; // main, where nothing tells
    TagForm tags = TagForm::none;
    std::vector<std::string>
        tag_globs;                     // what the existing releases' tags match, for a trigger: "v[0-9]+.*", "[0-9]+.*"
    std::string tag_type = "semver";   // as type_of() has it
    std::string compose;               // compose.yml, docker-compose.yml; empty: none
    std::vector<Component> components; // by folder; one at least
    std::vector<std::string> workflows; // existing .github/workflows/*.yml of others
    std::vector<std::string> unread;    // one sentence for each manifest that can't be read: nothing is to be written
};

// The files of a project by name: git's (tracked, and untracked but not ignored), each read when asked for.
struct Files {
    std::vector<std::string> paths; // sorted
    std::function<std::optional<std::string>(const std::string& path)> read;
    std::function<bool(const std::string& path)> may_start; // whether the file's owner may execute it; unset: all may
};

// Looks at names first and opens manifests only (a few dozen files of a large repository). Never fails for what it
// doesn't know: that is a component of Language::other with a doubt.
Project recognise(const std::string& name, const Files& files);

}
