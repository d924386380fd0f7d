#include "chain/init.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::chain {

namespace {

constexpr std::string_view checkout = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0";

constexpr std::string_view configuration =
    R"(# What Fairlead does with this application: one key per tool. docs/configuration.md explains them all.
version: 1
app: @APP@

run: # what `fairlead run` does, in this order, until the first no
  - name: tests
    exec: [@TEST_WORDS@]
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
#   release: {path: .}
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
#       router: {kind: nginx}
)";

constexpr std::string_view pull_request = R"(# Written by `fairlead init`; yours to change.
name: pull request
on:
  pull_request:
  merge_group:

permissions: {}

concurrency:
  group: pull-request-${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true

defaults:
  run:
    shell: bash

jobs:
  scan:
    name: scan
    runs-on: ubuntu-24.04
    timeout-minutes: 10
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

  gate:
    name: gate
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read # check out
    steps:
      - name: check out
        uses: @CHECKOUT@
        with:
          persist-credentials: false
@TESTS@      - name: is this change good enough?
        uses: @ACTIONS@/actions/gate@@PIN@

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
name: release
on:
  push:
    tags: ["v[0-9]+.*"]

permissions: {}

concurrency:
  group: deploy-staging
  cancel-in-progress: false # a deployment is never cut off

defaults:
  run:
    shell: bash

jobs:
  verify:
    name: verify
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read # check out
    steps:
      - name: check out
        uses: @CHECKOUT@
        with:
          persist-credentials: false
@TESTS@      - name: is this release good enough?
        uses: @ACTIONS@/actions/gate@@PIN@
      - name: does a secret leak?
        uses: @ACTIONS@/actions/scan@@PIN@

  staging:
    name: staging
    needs: verify
    # Target `direct` deploys on the machine it runs on: a self-hosted runner on the host that serves.
    runs-on: self-hosted
    environment: staging
    timeout-minutes: 30
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
      - name: deploy
        uses: @ACTIONS@/actions/deploy@@PIN@
        with:
          env: staging
          release-version: ${{ steps.tag.outputs.version }}
      - name: does it really work?
        uses: @ACTIONS@/actions/smoke@@PIN@
        with:
          env: staging
          expect-version: ${{ steps.tag.outputs.version }}
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
    const std::vector<std::pair<std::string, std::string>> values = {
        {"TESTS", (python ? std::string(python_install) : "") + std::string(tests)},
        {"PACKAGES", packages},
        {"TEST", test},
        {"TEST_WORDS", python ? "python3, " + replace_all(options, " ", ", ") : "make, test"},
        {"COVERAGE", python ? "    coverage: {path: reports/coverage.xml}\n" : ""},
        {"SERVE_WORDS",
         python ? "gunicorn, --bind, \"unix:{socket}\", \"" + project.wsgi + "\"" : "./server, --socket, \"{socket}\""},
        {"CHECKOUT", std::string(checkout)},
        {"ACTIONS", project.actions},
        {"PIN", project.pin + " # v" + project.version},
        {"APP", project.app},
    };
    return {{"fairlead.yml", fill(configuration, values)},
            {".github/workflows/pull-request.yml", fill(pull_request, values)},
            {".github/workflows/release.yml", fill(release, values)}};
}

Result<report::Report> write_starter(const std::string& folder, Existing existing, Act act) {
    const sys::Path root = std::filesystem::absolute(folder).lexically_normal();
    const auto name = root.filename().empty() ? root.parent_path().filename() : root.filename();
    const auto source = sys::read_file(root / "app.py").value_or("");
    auto project = recognise(name.string(), TRY(sys::list_folder(root)), source);
    project.actions = "fairlead/fairlead";
    project.version = version();
    project.pin = commit() == "unknown" ? "v" + project.version : std::string(commit());
    report::Report report;
    report.tool = "init";
    int written = 0;
    for (const auto& file : starter_files(project)) {
        const auto path = root / file.path;
        if (sys::inspect(path).type != sys::FileType::absent && existing == Existing::keep) {
            report.text += fmt::format("kept     {} (--force overwrites it)\n", file.path);
            continue;
        }
        if (act == Act::write) {
            TRY_VOID(sys::make_folders(path.parent_path()));
            TRY_VOID(sys::write_file(path, file.content));
        }
        report.text += fmt::format("{}  {}\n", act == Act::write ? "written" : "would write", file.path);
        ++written;
    }
    report.closing = fmt::format("{} {}; next: read fairlead.yml, then `fairlead doctor` and `fairlead run`",
                                 act == Act::write ? "written:" : "would write:", written);
    return report;
}

}
