#pragma once
// gitleaks' commands and flags, as fairlead-scan takes them in place of its own.

#include "cli/common.h"
#include "cli/declare.h"
#include "cli/run.h"
#include "scan/gitleaks/command_line.h"
#include "scan/gitleaks/report.h"
#include "scan/gitleaks/run.h"
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::scan::gitleaks {

struct Options {
    Request asked;
    std::vector<std::string> paths;
    std::string source, log_level = "info";
    std::int64_t timeout = 0;
    bool no_banner = false;
};

inline std::vector<cli::Command> commands() {
    return {{.name = "git", .help = "Scans what the commits of a repository add: of all references, or of --log-opts."},
            {.name = "dir", .help = "Scans the files of a folder, or one file."},
            {.name = "stdin", .help = "Scans standard input."},
            {.name = "detect", .help = "The older spelling of git, dir (--no-git) and stdin (--pipe)."},
            {.name = "protect", .help = "The older spelling of git --pre-commit."}};
}

inline std::vector<cli::Input> inputs(Options& options) {
    using cli::begins, cli::by_hand, cli::only, cli::word;
    Request& asked = options.asked;
    const auto short_form = [](char letter, cli::Input input) {
        input.short_name = letter;
        return input;
    };
    return {
        only({"git", "dir"},
             word(by_hand("path", &options.paths, "The repository, folder or file; default: here.", "PATH"))),
        only({"detect", "protect"}, short_form('s', by_hand("source", &options.source,
                                                            "The repository, folder or file; default: here.", "PATH"))),
        short_form('c', by_hand("config", &asked.config,
                                "gitleaks' configuration; default: GITLEAKS_CONFIG, GITLEAKS_CONFIG_TOML (its text), "
                                ".gitleaks.toml of the path, or the rules of fairlead-scan.",
                                "FILE")),
        by_hand("enable-rule", &asked.enabled, "Only these rules.", "RULE,..."),
        by_hand("exit-code", &asked.exit_code, "Exit status if there are secrets.", "N"),
        short_form('i', by_hand("gitleaks-ignore-path", &asked.ignore_path,
                                "A .gitleaksignore, or a folder with one; the one of the path counts too.", "PATH")),
        by_hand("ignore-gitleaks-allow", &asked.ignores_allow, "Lines with gitleaks:allow count, too."),
        short_form('b', by_hand("baseline-path", &asked.baseline, "A JSON report; its findings don't count.", "FILE")),
        by_hand("redact", &asked.redact, "How much of a secret the report hides, in percent; --redact alone: all.",
                "N"),
        by_hand("max-decode-depth", &asked.decode_depth,
                "How often what is encoded (percent, \\u, hexadecimal, base64) is decoded.", "N"),
        by_hand("max-archive-depth", &asked.archive_depth,
                "How deep archives in archives are unpacked; 0: archives are skipped.", "N"),
        by_hand("max-target-megabytes", &asked.most_megabytes, "Larger files are left out; 0: none is.", "N"),
        by_hand("timeout", &options.timeout, "Only 0: there is no limit.", "SECONDS"),
        begins("report", short_form('r', by_hand("report-path", &asked.report_path,
                                                 "Where the report goes; -: standard output. It shows the secrets, "
                                                 "unless --redact hides them.",
                                                 "FILE"))),
        short_form('f', by_hand("report-format", &asked.report_format,
                                "json, csv, junit or sarif; default: as the name of the file ends.", "FORMAT")),
        begins(
            "what is scanned",
            only({"git", "detect", "protect"},
                 by_hand(
                     "log-opts", &asked.log_options,
                     "Commits and paths in git-log's words: A..B, --all, -n N, --no-merges, --first-parent, -- PATH.",
                     "WORDS"))),
        only({"git", "protect"}, by_hand("staged", &asked.staged, "Scans what is staged.")),
        only({"git"}, by_hand("pre-commit", &asked.pre_commit, "Scans changes of tracked files that are not staged.")),
        only({"detect"}, by_hand("no-git", &asked.no_git, "Scans files instead of commits.")),
        only({"detect"}, by_hand("pipe", &asked.pipe, "Scans standard input.")),
        only({"dir", "detect"}, by_hand("follow-symlinks", &asked.follow_links, "Scans files that links lead to.")),
        begins("log", short_form('l', by_hand("log-level", &options.log_level,
                                              "trace, debug, info, warn, error or fatal.", "LEVEL"))),
        by_hand("no-banner", &options.no_banner, "Has no effect: there is no banner."),
    };
}

inline cli::Spec spec(Options& options) {
    std::vector<std::string> formats;
    for (const std::string_view format : report_formats())
        formats.push_back(std::string(report_prefix) + std::string(format));
    cli::Spec spec{.tool = "scan",
                   .summary = "Finds secrets as gitleaks does, with its commands, flags and configuration.",
                   .details = "",
                   .commands = commands(),
                   .command = &options.asked.command,
                   .inputs = inputs(options),
                   .outputs = {{"findings", "Number of secrets found."}},
                   .formats = formats};
    for (cli::Input& input : spec.inputs) input = cli::typed(std::move(input)); // as gitleaks: no variable gives a flag
    for (cli::Command& command : spec.commands) {
        command.formats = formats;
        command.reads_config = false; // gitleaks' settings count
    }
    spec.examples = {"fairlead-scan git --report-path leaks.json", "fairlead-scan dir --redact src",
                     "fairlead-scan protect --staged"};
    return spec;
}

// What of gitleaks' flags has no effect here is refused, unless it asks for nothing.
inline Result<Request> request_of(const Options& options) {
    auto asked = options.asked;
    if (options.timeout != 0) return usage("--timeout: there is no limit of time; leave it out");
    if (options.paths.size() > 1)
        return usage("'" + options.paths[1] + "' is one path too many; scan one path, or the folder above");
    if (!options.paths.empty() && !options.paths[0].empty()) asked.path = options.paths[0];
    if (!options.source.empty()) asked.path = options.source;
    return asked;
}

// Whether a word is one of gitleaks' own flags.
inline bool is_flag(const cli::Spec& spec, std::string_view word) {
    return std::any_of(spec.inputs.begin(), spec.inputs.end(), [&](const cli::Input& input) {
        const std::string flag = "--" + input.name;
        const bool is_short = word.size() == 2 && word[0] == '-' && input.short_name == word[1];
        return is_short || word == flag || word.starts_with(flag + "=");
    });
}

// The line in the words of `spec`; empty: it isn't one of gitleaks'. `stdin` without a flag of gitleaks' is our own.
inline std::vector<std::string> in_our_words(const cli::Spec& spec, std::vector<std::string> words) {
    std::vector<std::string> names;
    for (const cli::Command& command : spec.commands) names.push_back(command.name);
    cli::Common common;
    std::vector<Flag> flags;
    for (const cli::Flag& flag : cli::all_flags(spec, cli::common_inputs(spec, common)))
        flags.push_back({flag.name, flag.short_name, flag.takes_value});
    words = in_our_words(std::move(words), names, flags);
    const bool is_ours =
        !words.empty() && words[0] == "stdin" &&
        std::none_of(words.begin(), words.end(), [&](const auto& word) { return is_flag(spec, word); });
    return is_ours ? std::vector<std::string>() : words;
}

// Returns the exit status.
inline int run(const cli::Spec& spec, const Options& options, const std::string& program,
               std::vector<std::string> words) {
    words.insert(words.begin(), program);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    bool leaks = false;
    const auto scan = [&](const cli::Context& context) -> Result<report::Report> {
        const auto asked = TRY(request_of(options));
        auto report = TRY(run(asked, context.change, context.variables));
        leaks = report.verdict == report::Verdict::fail;
        return report;
    };
    const int status = cli::run(spec, static_cast<int>(arguments.size()), arguments.data(), scan);
    return status == 1 && leaks ? static_cast<int>(options.asked.exit_code) : status;
}

}
