#include "unit/cli/sample.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/permit.h"
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fairlead::test {
namespace {

// Sends a stream of this process into a file for as long as it lives.
class Captured {
  public:
    Captured(int stream, const std::string& path) : stream_(stream), kept_(dup(stream)) {
        const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
        dup2(file, stream);
        close(file);
    }
    ~Captured() {
        dup2(kept_, stream_);
        close(kept_);
    }

  private:
    int stream_, kept_;
};

class Variables {
  public:
    explicit Variables(const std::map<std::string, std::string>& ours) : before_(sys::Environment::of_process().all()) {
        set(ours);
    }
    ~Variables() { set(before_); }

  private:
    static void set(const std::map<std::string, std::string>& variables) {
        clearenv();
        for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
    }
    std::map<std::string, std::string> before_;
};

std::string content(const sys::Path& path) { return sys::read_file(path).value_or(""); }

Result<report::Report> print_all(const cli::Context& context, const Options& o) {
    report::Report report;
    report.text = fmt::format("command={} name={} strict={} times={} ratio={} timeout={} tags={} rules={} headers={} "
                              "paths={} note={} body=[{}] token={}\n",
                              o.command, o.name, o.strict, o.times, o.ratio, o.timeout.count(), join(o.tags, "|"),
                              join(o.rules, "|"), join(o.headers, "|"), join(o.paths, "|"), o.note.value_or("(unset)"),
                              o.body, o.token.empty() ? "(unset)" : "set");
    report.outputs = {{"greeting", "hello, " + o.name}};
    report.environment = context.environment;
    return report;
}

}

cli::Spec sample_spec(Options& o) {
    return {
        .tool = "sample",
        .summary = "Is a sample.",
        .commands = {{.name = "show", .help = "Shows all.", .acts = true, .irreversible = true, .formats = {"haiku"}},
                     {"check", "Checks."},
                     {.name = "keep", .help = "Is started by show.", .hidden = true}},
        .command = &o.command,
        .inputs = {{.name = "name", .target = &o.name, .help = "Whom to greet.", .key = "name"},
                   {.name = "strict", .target = &o.strict, .help = "Is strict.", .key = "strict"},
                   {.name = "times", .target = &o.times, .help = "How often.", .key = "loop.times"},
                   {.name = "ratio", .target = &o.ratio, .help = "A ratio."},
                   {.name = "time-limit", .target = &o.timeout, .help = "How long.", .key = "time_limit"},
                   {.name = "tags", .target = &o.tags, .help = "Tags.", .allowed = {"a", "b", "c"}, .key = "tags"},
                   {.name = "rules", .target = &o.rules, .help = "Rules.", .lines = true},
                   {.name = "header", .target = &o.headers, .help = "Headers.", .untrimmed = true},
                   {.name = "paths", .target = &o.paths, .help = "Paths.", .positional = true},
                   {.name = "note", .target = &o.note, .help = "A note.", .of = {"show"}},
                   {.name = "slot", .target = &o.slot, .help = "A slot.", .of = {"keep"}},
                   {.name = "body", .target = &o.body, .help = "A body.", .group = "bodies", .untrimmed = true},
                   {.name = "token", .target = &o.token, .help = "A token.", .key = "token_env"}},
        .outputs = {{"greeting", "What was said."}},
        .formats = {"haiku"},
        .examples = {"fairlead-sample --name you", "fairlead-sample check --ratio 2"},
        .needs = {{cli::Need::programs}}, // the tests go on in this process
    };
}

Ran run_sample(const Given& given, const Tool& tool) {
    auto folder = sys::TemporaryFolder::make("cli test ");
    REQUIRE(folder.ok());
    const sys::Path work = folder->path();
    if (!given.config.empty()) REQUIRE(sys::write_file(work / "fairlead.yml", given.config).ok());
    REQUIRE(sys::make_folders(work / ".git").ok());
    std::map<std::string, std::string> variables = {{"GITHUB_OUTPUT", (work / "outputs").string()},
                                                    {"GITHUB_STEP_SUMMARY", (work / "summary").string()}};
    for (const auto& [name, value] : given.variables) variables[name] = replace_all(value, "$WORK", work.string());
    std::vector<std::string> words = {"fairlead-sample"};
    words.insert(words.end(), given.arguments.begin(), given.arguments.end());
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());

    Ran ran;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(work);
    {
        const Variables ours(variables);
        const Captured out(1, (work / "out").string()), err(2, (work / "err").string());
        Options options;
        cli::Spec spec = sample_spec(options);
        spec.findings_on_stderr = given.findings_on_stderr;
        ran.status = cli::run_here(spec, static_cast<int>(argv.size()), argv.data(),
                                   [&](const cli::Context& context) { return tool(context, options); });
    }
    std::filesystem::current_path(before);
    sys::permit(sys::Permit::all(), "a test");
    ran.out = content(work / "out");
    ran.err = content(work / "err");
    ran.outputs = content(work / "outputs");
    ran.summary = content(work / "summary");
    ran.file = content(work / "report.json");
    return ran;
}

Ran run_sample(const Given& given) { return run_sample(given, print_all); }

std::string refusal(const Given& given) {
    const auto ran = run_sample(given);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    return ran.err;
}

}
