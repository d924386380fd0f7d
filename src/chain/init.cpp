#include "chain/init.h"
#include "base/foreign_actions.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/files/beneath.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::chain {

namespace {

constexpr std::string_view configuration =
    R"(# What Fairlead does with this application: one key per tool. docs/configuration.md explains them all.
version: 1
app: @APP@

run: # what `fairlead run` does, in this order, until the first no
  - name: tests
    exec: [@TEST_WORDS@]
    judged_by: gate # a failing test goes on to the gate below, which decides from the report
  - gate
  - scan
  # - tag      # with a name for the image:    tag: {images: [ghcr.io/acme/@APP@]}
  # - deploy   # with environments.staging below
  # - smoke

gate: # is this change good enough?
  reports:
    tests: {path: reports/junit.xml}
@COVERAGE@  tests: {min: 1}
  # coverage: {total: {lines: 80}} # percent

# deploy: # for every environment
#   release: {path: ., exclude: [reports, "reports/**"]} # what the tests write is none of it
#   strategy: blue-green
#   health: {path: /api/health, version: {json: $.version}}

# smoke: # does what we deployed really work?
#   ready: {path: /api/health}
#   checks:
#     - {name: page, get: /, expect: {status: 200}}

# environments:
#   staging:
#     url: https://staging.example.org
#     env: {file: .env.deploy, secrets: [DATABASE_URL]} # names only; the file is never committed
#     deploy:
#       target:
#         kind: direct # this host, behind its nginx
#         root: /srv/@APP@
#         command: [@SERVE_WORDS@]
#         shared: [data]
)";

constexpr std::string_view pull_request = R"(# Written by `fairlead init`; yours to change.
name: pull request@OF@
on:
  pull_request:
  merge_group:

permissions: {}

concurrency:
  group: pull-request@DASH@-${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true

defaults:
  run:
    shell: bash
@DIRECTORY@
jobs:
  scan:
    name: scan
    runs-on: ubuntu-24.04
    timeout-minutes: 30 # until there are packaged releases, each job builds the action from source
    permissions:
      contents: read # check out
    steps:
      - name: check out
        uses: @CHECKOUT@
        with:
          fetch-depth: 0 # the whole range of the pull request
          persist-credentials: false
      - name: does a secret leak?
        uses: @ACTIONS@/actions/scan@@PIN@
        with:
          command: range
@CONFIG@
  gate:
    name: gate
    runs-on: ubuntu-24.04
    timeout-minutes: 45
    permissions:
      contents: read # check out
    steps:
      - name: check out
        uses: @CHECKOUT@
        with:
          fetch-depth: 2 # with the base: its fairlead.yml judges a fork's change
          persist-credentials: false
@TESTS@      - name: is this change good enough?
        uses: @ACTIONS@/actions/gate@@PIN@
@WITH@
  result: # the one check to require
    name: result
    if: always()
    needs: [scan, gate]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - name: every job said yes
        env:
          RESULTS: ${{ join(needs.*.result, ' ') }}
        run: |
          echo "$RESULTS"
          test "$RESULTS" = "success success"
)";

constexpr std::string_view release =
    R"(# Written by `fairlead init`; yours to change. A tag vX.Y.Z becomes a verified release on staging.
name: release@OF@
on:
  push:
    tags: ["v[0-9]+.*"]

permissions: {}

concurrency:
  group: deploy@DASH@-staging
  cancel-in-progress: false # a deployment is never cut off

defaults:
  run:
    shell: bash
@DIRECTORY@
jobs:
  verify:
    name: verify
    runs-on: ubuntu-24.04
    timeout-minutes: 45
    permissions:
      contents: read # check out
    steps:
      - name: check out
        uses: @CHECKOUT@
        with:
          persist-credentials: false
@TESTS@      - name: is this release good enough?
        uses: @ACTIONS@/actions/gate@@PIN@
@WITH@      - name: does a secret leak?
        uses: @ACTIONS@/actions/scan@@PIN@
@WITH@
  staging:
    name: staging
    needs: verify
    # Target `direct` deploys on the machine it runs on: a self-hosted runner on the host that serves. Only tags that you
    # push start it; keep pull requests off that runner.
    runs-on: self-hosted # zizmor: ignore[self-hosted-runner] as said above
    environment: staging
    timeout-minutes: 60
    permissions:
      contents: read # check out
    steps:
      - name: check out
        uses: @CHECKOUT@
        with:
          fetch-depth: 0 # versions come from the tags
          persist-credentials: false
      - name: what is it called?
        id: tag
        uses: @ACTIONS@/actions/tag@@PIN@
        with:
          tags: type=semver,pattern={{version}}
@CONFIG@      - name: deploy
        id: deploy
        uses: @ACTIONS@/actions/deploy@@PIN@
        with:
          env: staging
          release-version: ${{ steps.tag.outputs.version }}
@CONFIG@      - name: does it really work?
        uses: @ACTIONS@/actions/smoke@@PIN@
        with:
          env: staging
          expect-version: ${{ steps.tag.outputs.version }}
@CONFIG@      - name: what takes it back
        if: failure() && steps.deploy.outcome == 'success'
        run: |
          echo "::error::the new release serves and smoke says no; fairlead-deploy rollback --env staging takes it back"
)";

constexpr std::string_view python_install = R"(      - name: install
        run: |
          # Outside of the work tree, so that neither coverage nor a scan takes it for ours.
          python3 -m venv --system-site-packages "$RUNNER_TEMP/venv"
          "$RUNNER_TEMP/venv/bin/python" -m pip install --disable-pip-version-check @PACKAGES@
)";

constexpr std::string_view tests = R"(      - name: tests
        continue-on-error: true # the gate decides, from the reports
        run: |
          @TEST@
)";

std::string fill(std::string_view text, const std::vector<std::pair<std::string, std::string>>& values) {
    std::string out(text);
    for (const auto& [name, value] : values) out = replace_all(out, "@" + name + "@", value);
    return out;
}

// The folder's name as a plain word of YAML and of an image's name: "My App" is my-app.
std::string plain_name(std::string_view folder) {
    std::string name;
    for (const char c : lower(folder)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    if (name.ends_with('-')) name.pop_back();
    const bool begins_with_letter = !name.empty() && name.front() >= 'a';
    return begins_with_letter ? name : "app" + (name.empty() ? "" : "-" + name);
}

}

Project recognise(const std::string& app, const std::vector<std::string>& names, std::string_view app_source) {
    const auto has = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    Project project;
    project.app = plain_name(app);
    project.requirements = has("requirements.txt");
    project.installable = has("pyproject.toml") || has("setup.py");
    if (project.requirements || project.installable || has("manage.py") || has("app.py"))
        project.language = Language::python;
    if (app_source.find("create_app(") != std::string_view::npos) project.wsgi = "app:create_app()";
    return project;
}

std::vector<NewFile> starter_files(const Project& project) {
    const bool python = project.language == Language::python;
    const std::string options =
        "-m pytest -q --junitxml=reports/junit.xml --cov=. --cov-report=xml:reports/coverage.xml";
    const std::string test =
        python ? "\"$RUNNER_TEMP/venv/bin/python\" " + options : "make test # writes reports/junit.xml";
    const std::string packages = project.requirements  ? "pytest pytest-cov --requirement requirements.txt"
                                 : project.installable ? "pytest pytest-cov --editable ."
                                                       : "pytest pytest-cov";
    const bool below = !project.folder.empty();
    const auto config = fmt::format("          config: \"{}/fairlead.yml\"\n", json_escape(project.folder));
    const std::vector<std::pair<std::string, std::string>> values = {
        {"TESTS", (python ? std::string(python_install) : "") + std::string(tests)},
        {"PACKAGES", packages},
        {"TEST", test},
        {"TEST_WORDS", python ? "python3, " + replace_all(options, " ", ", ") : "make, test"},
        {"COVERAGE", python ? "    coverage: {path: reports/coverage.xml}\n" : ""},
        {"SERVE_WORDS",
         python ? "gunicorn, --bind, \"unix:{socket}\", \"" + project.wsgi + "\"" : "./server, --socket, \"{socket}\""},
        {"CHECKOUT", uses("actions/checkout")},
        {"ACTIONS", project.actions},
        {"PIN", project.pin + " # v" + project.version},
        {"APP", project.app},
        {"OF", below ? " of " + project.app : ""},
        {"DASH", below ? "-" + project.app : ""},
        {"DIRECTORY", below ? fmt::format("    working-directory: \"{}\"\n", json_escape(project.folder)) : ""},
        {"WITH", below ? "        with:\n" + config : ""},
        {"CONFIG", below ? config : ""},
    };
    // GitHub looks for workflows in the repository's root alone.
    std::string root;
    for (auto depth = below ? split(project.folder, '/').size() : 0; depth > 0; --depth) root += "../";
    const auto workflows = root + ".github/workflows/" + (below ? project.app + "-" : "");
    return {{"fairlead.yml", fill(configuration, values)},
            {workflows + "pull-request.yml", fill(pull_request, values)},
            {workflows + "release.yml", fill(release, values)}};
}

std::vector<std::string> ignored(const Project& project) {
    std::vector<std::string> lines = {"reports/", ".env.deploy", ".fairlead/out/"};
    if (project.language == Language::python) lines.insert(lines.end(), {".coverage", "__pycache__/"});
    return lines;
}

std::string with_lines(std::string text, const std::vector<std::string>& lines) {
    const auto plain = [](std::string_view line) {
        line = trim(line);
        if (line.starts_with('/')) line.remove_prefix(1);
        if (line.ends_with('/')) line.remove_suffix(1);
        return std::string(line);
    };
    std::vector<std::string> known;
    for (const auto& line : split(text, '\n')) known.push_back(plain(line));
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    for (const auto& line : lines)
        if (std::find(known.begin(), known.end(), plain(line)) == known.end()) text += line + "\n";
    return text;
}

namespace {

// From the root of the repository that holds it; empty: it is the root, or in none.
std::string place_in_repository(const sys::Path& folder) {
    const auto repository = sys::Repository::open(folder.string());
    if (!repository.ok() || repository->work_tree().empty()) return "";
    std::error_code unknown;
    const auto path = std::filesystem::relative(folder, repository->work_tree(), unknown).generic_string();
    return unknown || path == "." || path.starts_with("..") ? "" : path;
}

// What a run leaves behind is committed by nobody: a report in git would be judged as if it were today's.
Result<std::string> ignore_outputs(const sys::Root& tree, const sys::Path& path, const Project& project, Act act) {
    const auto info = TRY(tree.look(path));
    const bool there = info.type != sys::FileType::absent;
    std::string before;
    if (there) before = TRY(tree.read(path));
    const auto after = with_lines(before, ignored(project));
    if (after == before) return std::string("kept     .gitignore (it names all that is to be ignored)\n");
    if (act == Act::write) TRY_VOID(tree.write(path, after));
    return fmt::format("{}  .gitignore ({})\n", act == Act::write ? "written" : "would write",
                       there ? "lines were added" : join(ignored(project), ", "));
}

// Told before the first file is written: half a start is none.
Result<void> check_place(const sys::Root& tree, const sys::Path& path) {
    const auto shown = (tree.path() / path).string();
    const auto there = TRY(tree.inspect(path));
    if (there.type == sys::FileType::folder)
        return could_not(fmt::format("'{}' is a folder; move it away, a file goes there", shown));
    sys::Path above = path;
    while (above.has_parent_path()) {
        above = above.parent_path();
        const auto folder = TRY(tree.look(above));
        if (folder.type == sys::FileType::folder) return {};
        const auto itself = TRY(tree.inspect(above));
        if (itself.type != sys::FileType::absent)
            return could_not(
                fmt::format("'{}' is not a folder; move it away, a folder goes there", (tree.path() / above).string()));
    }
    return {};
}

}

Result<report::Report> write_starter(const std::string& folder, Existing existing, Act act) {
    const sys::Path root = std::filesystem::absolute(folder).lexically_normal();
    const auto name = root.filename().empty() ? root.parent_path().filename() : root.filename();
    const auto tree = TRY(sys::root_around(root));
    const auto place = [&](const sys::Path& path) { return sys::Path(tree.relative(root / path).value_or("")); };
    const auto source = tree.read(place("app.py")).value_or("");
    const auto entries = TRY(sys::list_folder(root));
    auto project = recognise(name.string(), entries, source);
    project.actions = "fairlead/fairlead";
    project.folder = place_in_repository(root);
    if (project.folder.find("${{") != std::string::npos) // GitHub evaluates it within quotes, too
        return usage(fmt::format("the folder '{}' has an expression of GitHub Actions in its name, which the workflows "
                                 "would evaluate; rename it",
                                 project.folder));
    project.version = version();
    project.pin = commit() == "unknown" ? "v" + project.version : std::string(commit());
    const auto files = starter_files(project);
    for (const auto& file : files) TRY_VOID(check_place(tree, place(file.path)));
    TRY_VOID(check_place(tree, place(".gitignore")));
    if (const auto read = tree.look(place(".gitignore")); !read.ok()) return read.error(); // lines are added to it
    report::Report report;
    report.tool = "init";
    int written = 0;
    for (const auto& file : files) {
        const auto path = place(file.path);
        const auto there = TRY(tree.inspect(path));
        if (there.type != sys::FileType::absent && existing == Existing::keep) {
            report.text += fmt::format("kept     {} (--force overwrites it)\n", file.path);
            continue;
        }
        if (act == Act::write) {
            if (path.has_parent_path()) TRY_VOID(tree.make_folders(path.parent_path()));
            TRY_VOID(tree.write(path, file.content));
        }
        report.text += fmt::format("{}  {}\n", act == Act::write ? "written" : "would write", file.path);
        ++written;
    }
    const auto said = TRY(ignore_outputs(tree, place(".gitignore"), project, act));
    report.text += said;
    report.facts = fmt::format("{} {}; next: read fairlead.yml, then `fairlead doctor` and `fairlead run`",
                               act == Act::write ? "written:" : "would write:", written);
    return report;
}

}
