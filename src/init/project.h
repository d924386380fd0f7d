#pragma once
#include "base/result.h"
#include "project/processes.h"
#include "project/variables.h"
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// The results of `fairlead init`'s recognition, as values. Recognition decides nothing about the written files; writing
// (init/write.h) uses only these values. All paths start at the project's folder and use '/'.
namespace fairlead::init {

enum class Language { python, node, go, java, rust, cpp, other };
enum class Kind {
    library, // is built and tested, but not deployed
    program, // is built and tested; people or other programs run it
    service, // answers requests; `serve` has its start command
    site,    // a front end, built to static files below `dist`
};

// The language that a job's steps need on the runner, in addition to the runner's image.
struct Runtime {
    std::string name;         // python, node, go, java, ...: key of the action that sets it up; empty: not needed
    std::string version;      // "3.12", "20"; empty if version_file has it
    std::string version_file; // .nvmrc, go.mod, .python-version, ...
};

// Commands in order, in the component's folder, without a shell; the first failure ends the step. In `test`, the last
// command is the test itself.
struct Step {
    std::string name; // install, lint, test, build
    std::vector<std::vector<std::string>> commands;
    std::vector<std::pair<std::string, std::string>> variables;
    std::string because; // the source of the commands: "package.json: scripts.test"
};

struct Evidence {     // a file or glob that the test step writes and gate reads
    std::string kind; // tests, coverage, findings: the keys of gate.reports
    std::string path; // reports/junit.xml, web/reports/junit.xml: from the project's folder
};

// What a program writes below its own folder, by its source.
enum class What { database, uploads, folder };
struct Written {
    What what = What::folder;
    std::string path = {};   // a database's file, else the folder; relative to the component's folder
    bool known = false;      // false: the source doesn't show the path
    std::string from = {};   // app.py:12
    bool is_default = false; // a variable may name another place
    bool outside = false;    // the path is absolute: every release and environment of a host has this file
};

struct Shared { // a folder that outlives a release: target.shared
    std::string folder;
    What what = What::folder;
    std::string from; // app.py:12
};

// A process beside the one that answers requests, which starts and stops with a release.
struct Process {
    std::string name; // worker: small letters, digits and _, as deploy takes it
    project::Role role = project::Role::other;
    std::vector<std::string> command;  // of a release on a host: .venv/bin/celery ...
    std::vector<std::string> in_image; // of the same in an image: celery ...
    std::string from;                  // Procfile:2
};

struct Variable { // that the source reads
    std::string name;
    project::Need need = project::Need::unknown;
    bool secret = false;
    std::string fallback = {}; // as written behind it
    std::string from = {};     // app.py:12
};

struct Data {               // a store outside of the program
    std::string what;       // postgresql, redis, mysql, ...
    std::string driver;     // the package that speaks to it, or the image that brings it
    std::string migrations; // the project's own tool: alembic, django, flask-migrate, prisma, ...; empty: none found
    std::string from;       // requirements.txt:3
};

struct Component {
    std::string name;   // lower-case letters, digits and hyphens
    std::string folder; // from the project's folder; empty: the folder itself
    Language language = Language::other;
    Kind kind = Kind::library;
    std::string manager;   // pip, poetry, uv, npm, pnpm, yarn, go, maven, gradle, cargo, cmake, make; empty: unknown
    std::string framework; // flask, fastapi, django, express, react, vite, spring, ...; empty: unknown
    Runtime runtime;
    std::string version;               // pinned version of the language: 3.12, 22.1.0; empty: not pinned
    std::string settings;              // Django's settings module: shop.settings
    std::vector<std::string> packages; // packages in its manifests, by plain name
    bool lists_packages = false;       // Python: the packages are dependencies of [project] in pyproject.toml
    std::optional<Step> install, lint, test, build;
    std::vector<Evidence> evidence; // written by `test` (and `lint`)
    std::string callable;           // Python: the application in the source, shop:create_app(), even if it isn't served
    std::string modules;            // the folder to import it from, from this folder: src; empty: this folder
    std::vector<std::string> serve; // arguments with "{socket}" or "{port}"; empty: it serves nothing
    std::optional<Step> prepare;    // steps of a release before it serves; nothing that only tests need
    std::string health;             // path of its health check in the source: /api/health; empty: not found
    std::string dist;               // folder of a site's built files: dist, build; else empty
    std::string dockerfile;         // docker/Dockerfile; empty: not found
    int exposed = 0;                // the port that its Dockerfile names; 0: none
    bool by_port = false;           // it listens at {port}, and at no socket
    std::string served_by;          // where `serve` comes from: Procfile:1, app.py
    std::vector<Process> processes; // beside it
    std::string released_by;        // Procfile:3, whose release line is among the commands of `prepare`
    std::vector<std::vector<std::string>> released_in_image; // the same line's commands, in an image
    std::vector<Variable> variables;                         // by name
    std::vector<Data> data;                                  // by what it is
    std::vector<std::string> services;  // postgresql, redis: needed by its tests or its compose file
    std::vector<std::string> secrets;   // names (never values) in .env.example and similar files
    std::vector<std::string> ignored;   // lines of .gitignore for files that its steps leave
    std::vector<Written> written;       // files that a service writes into its own folder
    std::vector<Shared> shared;         // folders of `written` that its releases share
    std::vector<std::string> decisions; // the rest of `written`: one sentence each; also the first of `doubts`
    std::vector<std::string> doubts;    // one sentence each: what is unclear, and what to do
};

// v1.2.3, 1.2.3, and with a component's name NAME@1.2.3, NAME-v1.2.3, NAME/v1.2.3, NAME-1.2.3; none: no tag yet
enum class TagForm { none, v, bare, component };
constexpr const char* numbered_glob = "*-[0-9]+.*"; // for NAME-1.2.3

struct Project {
    std::string name;           // for `app:`
    std::string folder;         // from the repository's root; empty: the root
    std::string default_branch; // main if unknown
    TagForm tags = TagForm::none;
    std::vector<std::string> tag_globs; // globs of existing release tags, for a trigger: "v[0-9]+.*", "[0-9]+.*"
    std::string tag_type = "semver";    // result of type_of()
    std::string compose;                // compose.yml, docker-compose.yml; empty: not found
    std::vector<Component> components;  // by folder; at least one
    std::vector<std::string> workflows; // existing .github/workflows/*.yml that init didn't write
    std::vector<std::string> unread;    // one sentence for each manifest that can't be read; then nothing is written
    // Folders with files of the project, and all folders above them; sorted. Even with names such as reports or build,
    // they are neither ignored nor left out of a release.
    std::vector<std::string> folders;
    std::vector<std::string> env_files; // .env* files that git tracks
};

// A project's files by name: git's (tracked, or untracked and not ignored); each is read on demand.
struct Files {
    std::vector<std::string> paths; // sorted
    std::function<std::optional<std::string>(const std::string& path)> read;
    std::function<bool(const std::string& path)> may_start; // whether the owner may execute the file; null: yes for all
    std::vector<std::string> tracked = {}; // of `paths`, the files that git tracks; sorted; empty without git
};

// Recognises a project by names first, and opens only manifests (a few dozen files of a large repository). Never fails:
// an unknown project becomes a component of Language::other with a doubt.
Project recognise(const std::string& name, const Files& files);

}
